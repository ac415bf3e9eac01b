@conversation
Feature: The session of a conversation

  A session has a name, which is chosen by whoever talks. It tells what belongs together, also after a connection was
  lost. The name is that of a file at the service, so not every name will do.

  Rule: A name consists of 1 to 128 letters, digits, hyphens and underscores

    @CONV-39 @CONV-2 @critical
    Scenario Outline: A session can be named with <name>
      Given Ana has connected without naming a session
      When Ana tries to name the session with <name>
      Then Ana's session is confirmed under that name
      And Ana can still ask "Tell me a funny story."

      Examples:
        | name                                     |
        | 1 letter                                 |
        | 128 letters                              |
        | letters, digits, hyphens and underscores |

    @CONV-39 @blocker
    Scenario Outline: A session cannot be named with <name>
      Given Ana has connected without naming a session
      When Ana tries to name the session with <name>
      Then Ana is told that that is no name for a session
      And Ana can still name the session

      Examples: Too short or too long
        | name             |
        | no letter at all |
        | 129 letters      |

      Examples: Ways out of the folder
        | name                    |
        | a slash in it           |
        | a way out of its folder |
        | nothing but two dots    |
        | a backslash in it       |
        | a percent sign in it    |

      Examples: Other signs
        | name                         |
        | a dot in it                  |
        | a blank in it                |
        | a line break at its end      |
        | an invisible character in it |
        | an accent in it              |

      Examples: No text
        | name                        |
        | a number instead of letters |
        | a list instead of letters   |

    @CONV-39 @normal
    Scenario: A session needs a name
      Given Ana has connected without naming a session
      When Ana tries to begin a session without a name
      Then Ana is told that that is no name for a session
      And Ana can still name the session

    @CONV-39 @normal
    Scenario: A name that is refused changes nothing about the session
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana tries to name the session with a slash in it
      Then Ana is told that that is no name for a session
      And Ana can finish and is understood as "Set a timer for ten minutes."

    @CONV-39 @normal @needs-conversation-log
    Scenario: After a name that is refused the session keeps what is said
      Given Ana is in a conversation
      When Ana tries to name the session with a slash in it
      And Ana asks "Play some quiet jazz."
      Then Ana is told that that is no name for a session
      And Ana can still ask "Tell me a funny story."
      And Ana's session keeps "Play some quiet jazz." and then "Tell me a funny story."

  Rule: A session can be named anew

    @CONV-10 @normal
    Scenario: A new name leaves alone what was already said
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana names the session anew
      And Ana ends the turn
      Then Ana's session is confirmed under that name
      And Ana is understood as "Set a timer for ten minutes."

    @CONV-10 @normal @needs-conversation-log
    Scenario: What is said after that belongs to the new name
      Given Ana is in a conversation
      And Ana has asked "Tell me a funny story."
      When Ana names the session anew
      And Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's first session keeps "Tell me a funny story."
      And Ana's new session keeps "Play some quiet jazz."

    @CONV-10 @normal @needs-conversation-log
    Scenario: A turn belongs to the name that the session has at its end
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana names the session anew
      And Ana ends the turn
      Then Ana is answered
      And Ana's new session keeps "Set a timer for ten minutes."
      And Ana's first session keeps nothing for 0.8 seconds

  Rule: Audio does not depend on a name

    @CONV-11 @normal
    Scenario: Whoever names no session is understood and answered
      Given Ana has connected without naming a session
      When Ana asks "Turn off the kitchen lights."
      Then Ana is understood as "Turn off the kitchen lights."
      And Ana is answered

    @CONV-11 @normal @needs-conversation-log
    Scenario: What is said without a session is kept under none
      Given Ana has connected without naming a session
      And Ana has asked "Turn off the kitchen lights."
      When Ana names the session
      And Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's session keeps "Play some quiet jazz."

    @CONV-13 @critical
    Scenario: Two connections of one session keep their audio apart
      Given Ana and Bruno are in one and the same conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Bruno asks "Tell me a funny story."
      Then Bruno is understood as "Tell me a funny story."
      And Ana can finish and is understood as "Set a timer for ten minutes."

  Rule: A conversation ends with a goodbye

    @CONV-12 @critical
    Scenario: Whoever says goodbye is disconnected in good order
      Given Ana is in a conversation
      And Ana has asked "Tell me a funny story."
      When Ana says goodbye
      Then Ana is disconnected in good order within 1 second

    @CONV-12 @normal
    Scenario: Audio that is unfinished at the goodbye is dropped
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana says goodbye
      And Ana comes back
      And Ana ends the turn
      Then Ana is told that there is no audio data

    @CONV-12 @normal @needs-conversation-log
    Scenario: Audio that is unfinished at the goodbye is never worked on
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana says goodbye
      And Ana comes back
      And Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's session keeps "Play some quiet jazz.", and nothing else for 0.8 seconds

  Rule: A lost connection takes its audio with it

    @CONV-13 @critical
    Scenario: The same session starts empty after a lost connection
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana loses the connection
      And Ana comes back
      And Ana ends the turn
      Then Ana is told that there is no audio data

    @CONV-13 @critical
    Scenario: The same session works at once after a lost connection
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana loses the connection
      And Ana comes back
      And Ana asks "Play some quiet jazz."
      Then Ana is understood as "Play some quiet jazz."
      And Ana is answered

    @CONV-13 @normal @needs-conversation-log
    Scenario: Audio that is unfinished when the connection is lost is never worked on
      Given Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana loses the connection
      And Ana comes back
      And Ana asks "Play some quiet jazz."
      Then Ana is answered
      And Ana's session keeps "Play some quiet jazz.", and nothing else for 0.8 seconds

    @CONV-12 @CONV-13 @normal @needs-double @needs-own-service
    Scenario Outline: Nothing of unfinished audio stays in memory when somebody <goes>
      Given a service that nobody else uses
      And Ana is in a conversation
      And Ana has begun to ask "Set a timer for ten minutes."
      When Ana <goes>
      Then the service holds no audio in memory or on disk

      Examples:
        | goes                 |
        | says goodbye         |
        | loses the connection |
        | leaves               |
