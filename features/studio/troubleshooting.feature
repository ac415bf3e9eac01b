@studio
Feature: Finding out what is wrong

  Rule: A connection is made in the way of the protocol, and in no other

    @STU-107 @normal
    Scenario: A proper request for a connection is granted
      Given Ana has started a live session with noise reduction
      When Ana connects to the live session
      Then Ana's heartbeat is answered

    @STU-107 @normal
    Scenario: A request for a connection without a proper key is refused
      Given Ana has started a live session with noise reduction
      When Ana tries to connect by hand with a key that is none
      Then Ana is refused because the request is not a good one

  Rule: A restart forgets every live session, and says so

    @STU-110 @normal @needs-own-service @needs-settings
    Scenario: A live session from before a restart is not there any more
      Given a service that nobody else uses
      And Ana has started a live session with noise reduction
      And the service has been restarted
      When Ana tries to connect to the live session
      Then Ana is refused because there is no such session

  Rule: The service answers pages of the studio, and of nobody else

    @STU-111 @normal
    Scenario Outline: <origin> may start live sessions
      When Ana tries to start live sessions from <origin>
      Then Ana learns that <origin> may start live sessions

      Examples:
        | origin                            |
        | the page of the studio            |
        | the page of its developers        |

    @STU-111 @normal
    Scenario: The page of somebody else may not start live sessions
      When Ana tries to start live sessions from the page of somebody else
      Then Ana is refused because the request is not a good one

  Rule: The latency that is told is true

    @STU-118 @critical
    Scenario: No piece took longer than it took to come back
      Given Ana is streaming through noise reduction
      When Ana sends 10 pieces of 100 ms of white noise at -30 dB
      Then the figures that Ana is told give more than nothing for each piece, and no more than it took to come back

    @STU-119 @strict @needs-fault @critical
    Scenario: A stage that takes longer shows in the latency
      Given Ana is streaming through noise reduction, then a limiter at -6 dB
      And noise reduction takes 0.2 seconds longer for Ana
      When Ana sends 5 pieces of 100 ms of a 440 Hz tone
      Then the figures that Ana is told give at least 200 ms for each piece

    @STU-119 @strict @needs-fault @normal
    Scenario: A stage that takes no longer any more shows, too
      Given Ana is streaming through noise reduction, then a limiter at -6 dB
      And noise reduction takes 0.2 seconds longer for Ana
      And Ana has sent 5 pieces of 100 ms of a 440 Hz tone
      And everything works again
      When Ana sends 5 pieces of 100 ms of a 440 Hz tone
      Then the figures that Ana is told give less than 100 ms for each piece

    @STU-109 @alone @needs-fault @critical
    Scenario: A service that has become slow is found out
      Given Ana is streaming through noise reduction
      And noise reduction takes 0.2 seconds longer for Ana
      When Ana streams 20 pieces of 100 ms of a 440 Hz tone
      Then it is found out, by how much, that on average pieces come back later than within 150 ms

    @STU-109 @alone @needs-fault @normal
    Scenario: A service that is no longer slow is found to be quick
      Given Ana is streaming through noise reduction
      And noise reduction takes 0.2 seconds longer for Ana
      And Ana has sent 5 pieces of 100 ms of a 440 Hz tone
      And everything works again
      When Ana streams 20 pieces of 100 ms of a 440 Hz tone
      Then on average pieces come back within 150 ms
