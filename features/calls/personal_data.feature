@calls
Feature: What is personal stays so

  @CALL-18 @critical
  Scenario: What a guest leaves is not repeated, and not kept
    When Mira calls Hotel Aurora, and leaves e-mail, phone and card
    Then Mira is answered without repeating e-mail, phone or card
    And the record of Mira's call holds none of what must not be kept

  @CALL-19 @PMS-27 @needs-logs @critical
  Scenario: What a guest leaves is not written down
    When Mira calls Hotel Aurora, and leaves e-mail, phone and card
    Then the log of Mira's call holds none of what must not be kept

  @CALL-20 @critical
  Scenario: The caller's number cannot be read from a record
    When Mira calls Hotel Aurora
    Then the record of Mira's call holds none of what must not be kept

  @CALL-7 @critical
  Scenario: Another hotel's people learn nothing of a reservation
    Given Ana is the manager of Hotel Aurora
    And Mira has a reservation at Hotel Birch
    When Ana tries to look for Mira's reservation
    Then Ana is refused because the hotel is somebody else's
