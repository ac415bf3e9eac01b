@calls
Feature: How the service is doing

  Rule: What is counted can be read by Prometheus

    @CALL-28 @RES-25 @critical
    Scenario: The figures are there after a call
      Given Mira has called Hotel Aurora
      And Mira has hung up after 2 minutes
      When Ana reads the figures
      Then Ana learns all figures, each explained
      And Ana is answered within 0.5 seconds

  Rule: Anybody may ask how the service is

    @RES-26 @critical
    Scenario: The whole works as long as nothing fails
      When Lena asks how the whole is doing
      Then Lena learns that it works

    @CALL-28 @ERR-15 @normal
    Scenario Outline: Lena asks whether the service <state>
      When Lena asks whether the service <state>
      Then Lena learns that <lesson>

      Examples:
        | state    | lesson      |
        | is well  | all is well |
        | is alive | it is alive |
        | is ready | it is ready |
