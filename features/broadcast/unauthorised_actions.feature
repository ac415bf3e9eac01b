@broadcast
Feature: Unauthorised actions

  A speaker controls the broadcast, a listener only what they hear themselves. The role with which somebody came in
  is the one that counts.

  Background:
    Given Ana is broadcasting in English
    And Lena listens in Spanish and Amina in French

  Rule: Everybody can do what their role is for, and is answered in time

    @blocker
    Scenario Outline: <person> may <request>
      When <person> tries to <request>
      Then <person>'s request is granted
      And <person> has the answer within <limit>

      @REQ-19.1
      Examples: Sending audio
        | person | request    | limit      |
        | Ana    | send audio | 10 seconds |

      @REQ-19.2 @REQ-19.3 @REQ-19.4 @REQ-19.5 @REQ-19.6 @REQ-19.7 @REQ-20.2
      Examples: The six controls of the speaker
        | person | request                    | limit      |
        | Ana    | pause the broadcast        | 10 seconds |
        | Ana    | resume the broadcast       | 10 seconds |
        | Ana    | mute the broadcast         | 10 seconds |
        | Ana    | unmute the broadcast       | 10 seconds |
        | Ana    | set the volume             | 10 seconds |
        | Ana    | change the speaker's state | 10 seconds |

      @REQ-19.8 @REQ-20.3
      Examples: The status
        | person | request            | limit     |
        | Ana    | ask for the status | 5 seconds |

      @REQ-19.9 @REQ-19.10 @REQ-20.4
      Examples: The controls of a listener
        | person | request                  | limit     |
        | Lena   | pause their own playback | 5 seconds |
        | Lena   | change their language    | 5 seconds |

    @REQ-20.5 @critical @needs-table
    Scenario: The service can store, recognise and notify
      Given Ana has said "Thank you all for coming."
      When Ana sets the volume to 80%
      Then Lena hears "Thank you all for coming." in Spanish
      And Lena is told that the volume is 80%
      And the session of Ana is recorded as at 80% volume

  Rule: What is for the speaker is refused to a listener, and nothing comes of it

    @REQ-24.2 @REQ-24.4 @blocker
    Scenario Outline: A listener may not <request>
      When Lena tries to <request>
      Then Lena is refused because only the speaker may do that
      And Lena is still connected
      And Amina is told nothing
      And the broadcast of Ana is unchanged

      Examples:
        | request                    |
        | pause the broadcast        |
        | resume the broadcast       |
        | mute the broadcast         |
        | unmute the broadcast       |
        | set the volume             |
        | change the speaker's state |
        | ask for the status         |
        | end the session            |

    @REQ-24.2 @critical @needs-table
    Scenario Outline: Nothing is recorded when a listener tries to <request>
      When Lena tries to <request>
      Then Lena is refused because only the speaker may do that
      And the record of Ana's broadcast is unchanged

      Examples:
        | request                    |
        | resume the broadcast       |
        | unmute the broadcast       |
        | set the volume             |
        | change the speaker's state |

    @REQ-1.2 @REQ-24.1 @REQ-24.4 @blocker
    Scenario Outline: A listener may not <request>, and nobody hears it
      When Lena tries to <request>
      Then Lena is refused because only the speaker may do that
      And Lena is still connected
      And Amina hears nothing for 0.5 seconds

      Examples:
        | request                 |
        | send audio              |
        | send audio as raw sound |

    @BRO-1.1.2 @blocker
    Scenario Outline: A listener who claims to be the speaker may still not <request>
      When Lena tries to <request>, claiming to be the speaker
      Then Lena is refused because only the speaker may do that
      And Amina is told nothing
      And the broadcast of Ana is unchanged

      Examples:
        | request             |
        | mute the broadcast  |
        | end the session     |

    @REQ-24.4 @critical
    Scenario: A listener who was refused goes on hearing the talk
      Given Lena has tried to mute the broadcast
      And Lena was refused because only the speaker may do that
      When Ana says "The next slide shows our results."
      Then Lena hears "The next slide shows our results." in Spanish

  Rule: What is for a listener is refused to the speaker

    @REQ-24.3 @REQ-24.4 @REQ-18.1 @critical
    Scenario Outline: A speaker may not <request>
      When Ana tries to <request>
      Then Ana is refused because only a listener may do that
      And Ana is still connected
      And Lena and Amina are told nothing
      And the broadcast of Ana is unchanged

      Examples:
        | request                   |
        | pause their own playback  |
        | resume their own playback |
        | change their language     |

  Rule: The role belongs to the connection, not to the person

    @BRO-1.1.3 @normal
    Scenario: A speaker may also listen, over a second connection
      Given Ana listens in German
      When Ana says "Our members come from twenty countries."
      Then Ana hears "Our members come from twenty countries." in German
