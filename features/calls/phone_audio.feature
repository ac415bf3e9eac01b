@calls @websocket
Feature: Talking on the phone

  A guest who is put through says in which language, is greeted, speaks, is understood, and hears an answer.

  Rule: Who is put through is understood and answered

    @CALL-21 @CALL-22 @blocker
    Scenario: A guest talks and hangs up
      Given Mira has been put through to Hotel Aurora in English
      When Mira tells the hotel "I would like to book a double room."
      Then Mira is answered as somebody who said "I would like to book a double room."
      And Mira is answered about a booking
      And Mira is answered within 3 seconds

    @CALL-22 @critical
    Scenario: A talk that ends is summed up
      Given Mira has been put through to Hotel Aurora in English
      When Mira ends the conversation
      Then Mira is told that the talk is over
      And Mira is disconnected in good order within 2 seconds

    @CALL-25 @critical
    Scenario Outline: A guest who speaks <language> is greeted in <greeted>
      When Mira is put through to Hotel Aurora in <language>
      Then Mira is answered with a greeting in <greeted>
      And Mira is answered within 1 second

      Examples:
        | language | greeted |
        | English  | English |
        | German   | German  |
        | Spanish  | Spanish |
        | French   | French  |
        | Dutch    | English |

    @CALL-22 @normal
    Scenario: A guest who is cut off has left the call
      Given Mira has been put through to Hotel Aurora in English
      When Mira loses the connection
      Then Mira's call is over, because the guest was cut off

  Rule: What does not belong there is refused

    @CALL-21 @normal
    Scenario: A number without a country is not put through
      When Mira tries to be put through without saying the country
      Then Mira is refused because the caller's number is missing or makes no sense

    @CALL-23 @critical
    Scenario Outline: Nobody is put through <how>
      Given Mira has been put through to Hotel Aurora in English
      When Mira tries to be put through <how>
      Then Mira is refused because the token opens nothing

      Examples:
        | how                        |
        | with a token that is none  |
        | a second time              |

    @CALL-23 @critical
    Scenario: Who speaks before saying in which language is cut off
      Given Mira has been let in to Hotel Aurora
      When Mira tries to say something
      Then Mira is refused because the language was to be said first
      And Mira is disconnected within 1 second

    @CALL-23 @critical
    Scenario Outline: <frame> is refused, and the talk goes on
      Given Mira has been put through to Hotel Aurora in English
      And Mira has tried to send <frame>
      And Mira was refused because the message is not understood
      When Mira presses 4
      Then Mira is answered about the spa

      Examples:
        | frame                                  |
        | sound that is no sound         |
        | what the hotel does not know   |
