@calls
Feature: Words that are spoken

  @CALL-4 @blocker
  Scenario: What the guest is told is spoken
    Given Mira has called Hotel Aurora
    When Mira has words of their own spoken
    Then Mira is answered with a voice
    And Mira is answered within 2 seconds

  @CALL-4 @critical
  Scenario: The same words are spoken once
    Given Mira has called Hotel Aurora
    And Mira has had words of their own spoken
    When Mira has the same words spoken again
    Then Mira is answered with the same voice, which was kept

  @CALL-10 @needs-fault @needs-own-service @critical
  Scenario: Without a voice a text cannot be spoken
    Given a service that nobody else uses
    And nobody can be had to speak
    When Mira tries to have words of their own spoken
    Then Mira is refused because nobody can be had to speak
    And Mira is answered within 2.5 seconds

  @CALL-10 @needs-fault @needs-own-service @critical
  Scenario: Without a voice a call goes on in writing
    Given a service that nobody else uses
    And nobody can be had to speak
    And Mira has called Hotel Aurora
    When Mira asks for a table
    Then Mira is answered in words that nobody speaks
    And Mira is answered within 2.5 seconds

  @CALL-26 @needs-own-service @critical
  Scenario: The media agent tells what happens
    Given a service that nobody else uses
    And Ana is the media agent
    And it is known what the service has counted
    When Ana tells that a room is ready
    Then Ana learns that the room was taken note of
    And the figure for news of media grows by 1
    And Ana is answered within 0.5 seconds

  @CALL-26 @needs-own-service @critical
  Scenario Outline: <who> tells nothing of media
    Given a service that nobody else uses
    And it is known what the service has counted
    When Mallory tries to tell that a room is ready, <who>
    Then Mallory is refused because nobody knows who asks
    And the figure for news of media does not grow

    Examples:
      | who              |
      | without a secret    |
      | with a wrong secret |
