@broadcast
Feature: When something fails

  Things fail. The service tries again, says so when it cannot go on, and serves everybody who is not concerned.

  Rule: What fails for a moment is tried again, and nobody notices more than a delay

    Background:
      Given a service that nobody else uses
      And Ana is broadcasting in English

    @REQ-22.2 @critical @needs-fault @needs-own-service
    Scenario: A record that cannot be read once is read again
      Given Lena listens in Spanish
      And Ana has been told that 1 person is listening
      And the records of Ana's session fail once
      When Ana mutes the broadcast
      Then Lena is told that the broadcast is muted
      And Ana has the answer after 100 to 2000 ms

    @REQ-22.2 @critical @needs-fault @needs-own-service
    Scenario: A record that cannot be read twice is read again, after a longer rest
      Given Lena listens in Spanish
      And Ana has been told that 1 person is listening
      And the records of Ana's session fail 2 times in a row
      When Ana mutes the broadcast
      Then Lena is told that the broadcast is muted
      And Ana has the answer after 300 to 3000 ms

    @REQ-22.2 @normal @needs-fault @needs-own-service
    Scenario: A listener gets in although the records fail twice
      Given the records of Ana's session fail 2 times in a row
      When Lena joins in Spanish
      Then Lena is welcomed to Ana's session in Spanish

  Rule: What cannot be done is refused, and can be done later

    @REQ-22.2 @critical @needs-fault @needs-own-service
    Scenario: After three failures in a row a request is refused
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has been told that 1 person is listening
      And the records of Ana's session fail 3 times in a row
      When Ana tries to mute the broadcast
      Then Ana is refused because of a fault in the service
      And Lena is told nothing for 0.3 seconds

    @BRO-3.2.13 @critical @needs-fault @needs-own-service
    Scenario: While no records can be reached, nobody gets in
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And no records can be reached
      When Lena tries to join in Spanish
      Then Lena is refused because the service is not available

    @BRO-3.2.13 @normal @needs-fault @needs-own-service
    Scenario: While no records can be reached, no session is opened
      Given a service that nobody else uses
      And no records can be reached
      When Ana tries to start a broadcast in English
      Then Ana is refused because the service is not available

    @BRO-3.2.13 @normal @needs-fault @needs-own-service
    Scenario: While sign-ins cannot be checked, no session is opened
      Given a service that nobody else uses
      And nobody's sign-in can be checked
      When Ana tries to start a broadcast in English
      Then Ana is refused because the service is not available

    @REQ-22.2 @BRO-3.2.13 @normal @needs-fault @needs-own-service
    Scenario: When everything can be reached again, the service is as it was
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And no records can be reached
      And Lena has tried to join in Spanish
      And Lena was refused because the service is not available
      And everything works again
      When Lena joins in Spanish
      Then Lena is welcomed to Ana's session in Spanish

  Rule: Somebody who cannot be reached does not keep a notice from the others

    @REQ-22.3 @critical @needs-fault
    Scenario: The others are told although one device is dead
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena's device has gone dead without a word
      When Ana pauses the broadcast
      Then Amina is told that the broadcast is paused
      And Ana's confirmation says that 1 listener was told

    @REQ-22.3 @minor @needs-fault
    Scenario: A control succeeds although nobody can be told of it
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena's device has gone dead without a word
      When Ana mutes the broadcast
      Then Ana's confirmation says that 0 listeners were told
      And Ana finds the broadcast muted

  Rule: A request over which the service gets stuck is answered all the same

    @REQ-22.4 @REQ-20.2 @critical @needs-fault @needs-settings
    Scenario Outline: <person> is not left without an answer when asking to <act>
      Given a service that gives up on a request after 0.8 seconds
      And Ana is broadcasting in English
      And Lena listens in Spanish
      And the service gets stuck over <person>'s next request
      When <person> tries to <act>
      Then <person> is refused because the request took too long
      And <person> has the answer after 800 to 2800 ms
      And <person> is still connected

      Examples:
        | person | act                   |
        | Ana    | send audio            |
        | Ana    | mute the broadcast    |
        | Ana    | ask for the status    |
        | Lena   | change their language |

    @REQ-22.4 @normal @needs-fault @needs-settings
    Scenario: A request over which the service is merely slow is granted
      Given a service that gives up on a request after 0.8 seconds
      And Ana is broadcasting in English
      And Lena listens in Spanish
      And the service is slow by 0.1 seconds over Ana's next request
      When Ana mutes the broadcast
      Then Lena is told that the broadcast is muted
