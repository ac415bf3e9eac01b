@doorbell
Feature: Ringing at the door

  Rule: A doorbell counts

    @BELL-1.1 @critical
    Scenario: Whoever rings is told how often that was
      Given Ana has rung
      When Ana rings
      Then Ana is told that it rang 2 times

    @BELL-1.2 @normal
    Scenario: Anybody can ask how often somebody has rung
      When Ana rings
      Then Lena learns that somebody has rung
