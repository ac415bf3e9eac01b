@calls @websocket
Feature: Dialling instead of speaking

  @CALL-24 @critical
  Scenario Outline: The <key> key leads to <wish>
    Given Mira has been put through to Hotel Aurora in <language>
    When Mira presses <key>
    Then Mira is answered about <wish> in <language>
    And Mira is answered within 1 second

    Examples:
      | key | wish          | language |
      | 1   | a booking     | English  |
      | 2   | information   | German   |
      | 3   | the concierge | Spanish  |
      | 4   | the spa       | French   |
      | 0   | a person      | German   |
      | *   | the menu      | French   |

  @CALL-24 @normal
  Scenario: The # key repeats the menu
    Given Mira has been put through to Hotel Aurora in Spanish
    And Mira has pressed #
    When Mira presses #
    Then Mira is answered with the same words again

  @CALL-24 @normal
  Scenario: A key that means nothing is answered with a hint
    Given Mira has been put through to Hotel Aurora in German
    When Mira presses 7
    Then Mira is answered with a hint that asks for another key
