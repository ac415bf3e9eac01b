@conversation
Feature: When something goes wrong in a conversation

  Whatever one message or one turn goes through, the conversation goes on, and nobody learns what the service looks
  like inside.

  Rule: A message that nobody understands ends nothing

    @CONV-50 @critical
    Scenario Outline: <message> may be refused or ignored
      Given Ana is in a conversation
      When Ana sends <message>
      Then Ana stays connected for 500 ms and is told nothing but errors
      And Ana can still ask "Tell me a funny story."

      Examples:
        | message                                         |
        | a message of a kind that nobody knows           |
        | a message of a kind that only the service sends |
        | a message whose kind is written in capitals     |
        | a message of a kind without a name              |
        | a message whose kind is a number                |
        | a message whose kind is an empty value          |

    @CONV-51 @CONV-56 @critical
    Scenario Outline: What cannot be read is refused: <message>
      Given Ana is in a conversation
      When Ana tries to send <message>
      Then Ana is told that the message cannot be read
      And nothing that Ana was told gives away the inside of the service
      And Ana can still ask "Tell me a funny story."

      Examples: No message
        | message                      |
        | half a message               |
        | a bare word                  |
        | a number                     |
        | a list of messages           |
        | a message in quotation marks |
        | an empty message             |
        | an empty value               |
        | a message nested 50000 times |

      Examples: No kind
        | message                                |
        | a message that does not say what it is |

    @CONV-50 @normal
    Scenario Outline: What was said before <message> is not lost
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana sends <message>
      Then Ana stays connected for 100 ms and is told nothing but errors
      And Ana can finish and is understood as "Set a timer for ten minutes."

      Examples:
        | message                                         |
        | a message of a kind that nobody knows           |
        | a message of a kind that only the service sends |

    @CONV-51 @normal
    Scenario: What was said before a message that cannot be read is not lost
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana tries to send half a message
      Then Ana is told that the message cannot be read
      And Ana can finish and is understood as "Set a timer for ten minutes."

  Rule: When recognition cannot start, that is said, and it heals by itself

    @CONV-52 @CONV-56 @critical @needs-fault
    Scenario: People are told, and sent away
      Given speech recognition cannot start for Ana
      When Ana connects
      Then Ana is told that speech recognition cannot start
      And Ana is disconnected within 5 seconds
      And nothing that Ana was told gives away the inside of the service

    @CONV-52 @critical @needs-fault
    Scenario: After the repair the next connection works, without a restart
      Given speech recognition cannot start for Ana's next connection
      And Ana has connected in vain
      When Ana comes back
      Then Ana can still ask "Tell me a funny story."

    @CONV-52 @normal @needs-fault
    Scenario: Those who are connected already go on talking
      Given Bruno is in a conversation
      And speech recognition cannot start for Ana
      When Ana connects
      Then Ana is told that speech recognition cannot start
      And Ana is disconnected within 5 seconds
      And Bruno can still ask "Tell me a funny story."

  Rule: When recognition of one turn fails, only that turn is lost

    @CONV-53 @CONV-5 @CONV-56 @critical @needs-fault
    Scenario Outline: Recognition of a turn <fails>
      Given Ana is in a conversation
      And recognition of Ana's next turn <fails>
      When Ana asks "Set a timer for ten minutes."
      Then Ana is told that recognition has failed
      And Ana's turn is over within 1 second of the answer
      And nothing that Ana was told gives away the inside of the service
      And Ana can still ask "Tell me a funny story."

      Examples:
        | fails                  |
        | cannot begin           |
        | fails while it listens |

    @CONV-53 @normal @needs-fault
    Scenario: Nothing of a turn whose recognition failed is left for the next
      Given Ana is in a conversation
      And recognition of Ana's next turn fails while it listens
      And Ana has asked "Set a timer for ten minutes." and was told that recognition has failed
      When Ana ends the turn
      Then Ana is told that there is no audio data

    @CONV-53 @CONV-56 @normal @needs-fault
    Scenario Outline: A mishap of the service <when> is reported, and the conversation goes on
      Given Ana is in a conversation
      And the service meets a mishap <when>
      When Ana asks "Set a timer for ten minutes." come what may
      Then Ana is told among other things that something has gone wrong
      And nothing that Ana was told gives away the inside of the service
      And Ana can still ask "Tell me a funny story."

      Examples:
        | when                           |
        | with Ana's next piece of audio |
        | at the end of Ana's next turn  |

  Rule: When nothing can be kept, people are still answered

    @CONV-54 @critical @needs-fault
    Scenario: An answer does not depend on the storage
      Given Ana is in a conversation
      And nothing of what Ana says can be kept
      When Ana asks "Tell me a funny story."
      Then Ana is answered
      And Ana's turn is over within 1 second of the answer
      And Ana can still ask "Play some quiet jazz."

    @CONV-54 @normal @needs-fault @needs-own-service
    Scenario: The service tells that it could not keep something
      Given a service that nobody else uses
      And Ana is in a conversation
      And nothing of what Ana says can be kept
      When Ana asks "Tell me a funny story."
      Then Ana is answered
      And the service says that it could not keep something

    @CONV-54 @normal @needs-fault @needs-own-service @needs-conversation-log
    Scenario: What comes after the storage works again is kept
      Given a service that nobody else uses
      And Ana is in a conversation
      And nothing of what Ana says can be kept
      And Ana has asked "Tell me a funny story."
      And the service has said that it could not keep something
      When everything works again
      Then Ana can still ask "Play some quiet jazz."
      And Ana's session keeps "Play some quiet jazz."

  Rule: Errors tell people what they need to know, and no more

    @CONV-56 @critical
    Scenario Outline: The error about <message> gives nothing away
      Given Ana is in a conversation
      When Ana tries to send <message>
      Then Ana is told that <error>
      And nothing that Ana was told gives away the inside of the service

      Examples:
        | message                                  | error                       |
        | a piece of signs that stand for no sound | the audio cannot be decoded |
        | a piece whose audio is an object         | the audio is no text        |
        | half a message                           | the message cannot be read  |

    @CONV-56 @critical @needs-fault
    Scenario: The error about an assistant gives nothing away
      Given Ana is in a conversation
      And Llama breaks down in Ana's next turn
      When Ana asks "Tell me a funny story."
      Then Ana is told that the assistant has failed
      And nothing that Ana was told gives away the inside of the service

  Rule: Audio on disk is removed, whatever became of the turn

    @CONV-57 @critical @needs-double @needs-own-service
    Scenario: Nothing stays after a turn that went well
      Given a service that nobody else uses
      And Ana is in a conversation
      When Ana asks "Tell me a funny story."
      Then Ana is answered
      And the service holds no audio in memory or on disk

    @CONV-57 @normal @needs-fault @needs-double @needs-own-service
    Scenario Outline: Nothing stays after a turn whose recognition <fails>
      Given a service that nobody else uses
      And Ana is in a conversation
      And recognition of Ana's next turn <fails>
      When Ana asks "Tell me a funny story."
      Then Ana is told that recognition has failed
      And the service holds no audio in memory or on disk

      Examples:
        | fails                  |
        | cannot begin           |
        | fails while it listens |

    @CONV-57 @normal @needs-double @needs-own-service
    Scenario: Nothing stays after a recording that could not be read
      Given a service that nobody else uses
      And Ana is in a conversation
      When Ana tries to send a recording of an unknown kind
      And Ana ends the turn
      Then Ana is told at the end of the turn that the audio cannot be decoded
      And the service holds no audio in memory or on disk

    @CONV-57 @normal @needs-fault @needs-double @needs-own-service
    Scenario: Nothing stays when somebody leaves while a turn is being worked on
      Given a service that nobody else uses
      And Ana is in a conversation
      And recognition takes 0.6 seconds longer for Ana's next turn
      And Ana has ended a turn and is not answered yet
      When Ana loses the connection
      Then the service holds no audio in memory or on disk
