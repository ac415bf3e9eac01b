@conversation
Feature: Audio in pieces

  Speech is sent piece by piece, as a recorder hands it over. Recorders differ in how they do that, and now and then
  something goes wrong with a piece.

  Rule: Every piece is confirmed, exactly once

    @CONV-3 @blocker
    Scenario: Each piece of a question is confirmed
      Given Ana is in a conversation
      When Ana begins to ask "How do I get to the train station?"
      Then each of Ana's pieces of audio is confirmed once

    @CONV-9 @normal
    Scenario: Fifty pieces without a pause are all confirmed, and all used
      Given Ana is in a conversation
      When Ana asks "How do I get to the train station?" in 50 pieces without a pause
      Then each of Ana's pieces of audio is confirmed once
      And Ana is understood as "How do I get to the train station?"

    @CONV-9 @CONV-24 @normal
    Scenario Outline: It does not matter where a recording is cut: <count> pieces
      Given Ana is in a conversation
      When Ana asks "How do I get to the train station?" in <count> pieces without a pause
      Then Ana is understood as "How do I get to the train station?"

      Examples:
        | count |
        | 1     |
        | 3     |
        | 7     |
        | 2000  |

  Rule: The form of the sound makes no difference

    @CONV-24 @critical
    Scenario Outline: Speech is understood when it is sent <way>
      Given Ana is in a conversation
      When Ana asks "Turn off the kitchen lights." <way>
      Then each of Ana's pieces of audio is confirmed once
      And Ana is understood as "Turn off the kitchen lights."

      Examples:
        | way                              |
        | as one recording cut into pieces |
        | as several whole recordings      |
        | as bare samples                  |

      @CONV-8
      Examples: In bytes
        | way                                      |
        | in raw bytes                             |
        | in raw bytes as several whole recordings |
        | in raw bytes as bare samples             |
        | by turns as text and in raw bytes        |

      @CONV-23
      Examples: In text of another kind
        | way                           |
        | as text without padding       |
        | as text with blanks around it |

    @CONV-24 @CONV-8 @normal @needs-double
    Scenario Outline: The recogniser gets every sample, in order, when speech is sent <way>
      Given Ana is in a conversation
      When Ana asks "Turn off the kitchen lights." <way>
      Then Ana is answered
      And the recogniser got exactly the sound of "Turn off the kitchen lights." from Ana

      Examples:
        | way                               |
        | as one recording cut into pieces  |
        | as several whole recordings       |
        | as bare samples                   |
        | by turns as text and in raw bytes |
        | as text without padding           |

  Rule: An empty piece adds nothing and ends nothing

    @CONV-20 @critical
    Scenario Outline: <piece> in the middle of a question does no harm
      Given Ana is in a conversation
      When Ana asks "Set a timer for ten minutes." with <piece> in the middle
      Then that piece is confirmed to Ana or refused
      And Ana is understood as "Set a timer for ten minutes."

      Examples:
        | piece                         |
        | an empty piece                |
        | an empty piece in raw bytes   |
        | a piece of nothing but blanks |

      @CONV-21
      Examples: Nothing to decode
        | piece                 |
        | a piece without audio |

    @CONV-20 @normal
    Scenario Outline: A turn of nothing but <piece> has no audio
      Given Ana is in a conversation
      When Ana tries to send <piece>
      And Ana ends the turn
      Then that piece is confirmed to Ana or refused
      And Ana is told at the end of the turn that there is no audio data
      And Ana can still ask "Tell me a funny story."

      Examples:
        | piece                       |
        | an empty piece              |
        | an empty piece in raw bytes |

      @CONV-21
      Examples: Nothing to decode
        | piece                 |
        | a piece without audio |

  Rule: A piece that cannot be decoded is refused, and the rest is understood

    @CONV-22 @critical
    Scenario Outline: What cannot be decoded is refused: <piece>
      Given Ana is in a conversation
      When Ana asks "Set a timer for ten minutes." with <piece> in the middle
      Then Ana is told that the audio cannot be decoded
      And each of Ana's other pieces of audio is confirmed once
      And Ana is understood as "Set a timer for ten minutes."

      Examples: Signs that mean nothing
        | piece                                    |
        | a piece of signs that stand for no sound |
        | a piece with one sign too many           |
        | a piece with an accent in it             |
        | a piece with a blank in it               |
        | a piece in another alphabet              |
        | a piece filled up too early              |

    @CONV-21 @critical
    Scenario Outline: What is no text is refused: <piece>
      Given Ana is in a conversation
      When Ana asks "Set a timer for ten minutes." with <piece> in the middle
      Then Ana is told that the audio is no text
      And each of Ana's other pieces of audio is confirmed once
      And Ana is understood as "Set a timer for ten minutes."

      Examples:
        | piece                            |
        | a piece whose audio is a number  |
        | a piece whose audio is a list    |
        | a piece whose audio is an object |
        | a piece whose audio is a yes     |

    @CONV-22 @normal
    Scenario: A turn of nothing but a refused piece has no audio
      Given Ana is in a conversation
      When Ana tries to send a piece of signs that stand for no sound
      And Ana ends the turn
      Then Ana is told that the audio cannot be decoded
      And Ana is told at the end of the turn that there is no audio data

    @CONV-24 @normal @needs-reference
    Scenario: A recording of a kind that the service cannot read is refused
      Given Ana is in a conversation
      When Ana tries to send a recording of an unknown kind
      And Ana ends the turn
      Then Ana is told at the end of the turn that the audio cannot be decoded
      And Ana can still ask "Tell me a funny story."

  Rule: A piece has at most 1 MiB, and a turn at most 10 MiB

    @CONV-25 @normal
    Scenario Outline: A piece of exactly 1 MiB is taken, and a byte more is refused, <dressed>
      Given Ana is in a conversation
      When Ana tries to send a piece of <bytes> bytes <dressed>
      Then Ana is told that the piece of audio <fate>

      Examples:
        | bytes   | dressed      | fate         |
        | 1048576 | as text      | was received |
        | 1048577 | as text      | is too long  |
        | 1048576 | in raw bytes | was received |
        | 1048577 | in raw bytes | is too long  |

    @CONV-25 @normal
    Scenario: A piece that is too long does no harm to its turn
      Given Ana is in a conversation
      When Ana asks "Set a timer for ten minutes." with a piece of 1048577 bytes in raw bytes in the middle
      Then Ana is told that the piece of audio is too long
      And Ana is understood as "Set a timer for ten minutes."

    @CONV-25 @normal
    Scenario: A turn of exactly 10 MiB is taken, and a byte more is refused
      Given Ana is in a conversation
      And Ana has sent 10 pieces of 1048576 bytes
      When Ana tries to send a piece of 1 byte in raw bytes
      Then Ana is told that the turn is too long

    @CONV-25 @normal @needs-double
    Scenario: After a turn that was too long, the next one works
      Given Ana is in a conversation
      And Ana's next turn will be understood as "Play some quiet jazz."
      And Ana has sent 10 pieces of 1048576 bytes
      When Ana tries to send a piece of 1048576 bytes in raw bytes
      And Ana ends the turn
      Then Ana is told that the turn is too long
      And Ana is understood as "Play some quiet jazz."
      And Ana can still ask "Tell me a funny story."
