@calls @websocket
Feature: Watching calls

  Whoever may see the calls of a hotel can watch them: every change of state is told within a second.

  Rule: Each change is told to those who may see it, and to nobody else

    @CALL-29 @critical
    Scenario: A manager watches a call to the end
      Given Ana is the manager of Hotel Aurora
      And Ana has begun to watch the calls
      And Mira has called Hotel Aurora
      And Mira has been put on hold
      When Mira hangs up after 2 minutes
      Then Ana finds that Mira's call was active, on hold and over in turn

    @CALL-29 @critical
    Scenario: Nothing is told of another hotel's calls
      Given Ana is the manager of Hotel Aurora
      And Ana has begun to watch the calls
      When Mira calls Hotel Birch
      Then Ana finds nothing of Mira's call for 1 second

    @CALL-29 @AUTH-20 @critical
    Scenario: Nobody watches without saying who asks
      When Mallory tries to watch the calls
      Then Mallory is refused because the token opens nothing
