@archive @phase3 @needs-fault @needs-own-service
Feature: The broadcast service, and how it fails

  The archive stands on a service that others run. Whatever happens there, the archive says what it is, and goes on.

  Rule: The broadcast service is found

    @ARC-110 @critical
    Scenario: The shows are told in their order
      Given a service that nobody else uses
      When Lena looks at all shows
      Then Lena learns the seeded shows in order

    @ARC-110 @normal
    Scenario: Whoever asks learns that it is there
      When Lena asks whether the broadcast service is there
      Then Lena learns that the broadcast service is there

  Rule: Each failure is told by its name, and recordings go on

    @ARC-111 @critical
    Scenario Outline: <fault>
      Given a service that nobody else uses
      And <fault>
      When Lena tries to look at the first show
      Then Lena is refused because <why>
      And Lena can register one more recording

      Examples:
        | fault                                                  | why                                            |
        | the broadcast service cannot be reached                | the broadcast service cannot be reached        |
        | the broadcast service fails                            | the broadcast service fails                    |
        | the broadcast service lets nobody in                   | the broadcast service lets nobody in           |
        | the broadcast service answers what nobody understands  | the broadcast service fails                    |

    @ARC-111 @needs-settings @critical
    Scenario: A broadcast service that is too slow is asked three times
      Given a service that gives up on the broadcast service after 0.3 seconds
      And the broadcast service takes 1 second longer
      When Lena tries to look at the first show
      Then Lena is refused because the broadcast service is too slow
      And the broadcast service was asked for it 3 times

    @ARC-111 @normal
    Scenario: A show that there is not is no failure
      When Lena tries to look at a show that there is not
      Then Lena is refused because there is no such thing

    @ARC-111 @normal
    Scenario Outline: Whoever asks learns that <what>
      Given a service that nobody else uses
      And <what>
      When Lena asks whether the broadcast service is there
      Then Lena learns that <what>

      Examples:
        | what                                    |
        | the broadcast service cannot be reached |
        | the broadcast service lets nobody in    |

  Rule: The broadcast service is tried again

    @ARC-112 @critical
    Scenario: After one failure the next question is answered
      Given a service that nobody else uses
      And the broadcast service fails once
      And Lena has tried to look at the first show
      And Lena was refused because the broadcast service fails
      When Lena looks at the first show
      Then the broadcast service was asked for it 1 times

    @ARC-113 @needs-settings @critical
    Scenario: A broadcast service that goes on failing is left alone
      Given a service that tries the broadcast service again after 1 second
      And the broadcast service fails
      And Lena has tried 5 times to look at the first show
      When Lena tries to look at the first show
      Then Lena is refused because the broadcast service is left alone
      And Lena is answered within 0.05 seconds
      And the broadcast service was asked for nothing

    @ARC-113 @needs-settings @critical
    Scenario: A broadcast service that was left alone is tried once
      Given a service that tries the broadcast service again after 1 second
      And the broadcast service fails
      And Lena has tried 5 times to look at the first show
      And everything works again
      And 1.2 seconds have passed
      When Lena tries 2 times to look at the first show
      Then all of the attempts are granted
      And the broadcast service was asked for it 2 times

    @ARC-113 @needs-settings @normal
    Scenario: A try that fails lets the broadcast service alone again
      Given a service that tries the broadcast service again after 1 second
      And the broadcast service fails
      And Lena has tried 5 times to look at the first show
      And 1.2 seconds have passed
      And Lena has tried 1 times to look at the first show
      When Lena tries to look at the first show
      Then Lena is refused because the broadcast service is left alone
      And the broadcast service was asked for nothing

  Rule: A little slowness is borne

    @ARC-114 @normal
    Scenario: Ten questions take as long as the broadcast service
      Given a service that nobody else uses
      And the broadcast service takes 0.05 seconds longer
      When Lena tries 10 times to ask whether the broadcast service is there
      Then all of the attempts are granted
      And a grant takes at most 0.1 seconds on average

    @ARC-114 @normal
    Scenario: Five who ask at once are all answered
      Given a service that nobody else uses
      And the broadcast service takes 0.05 seconds longer
      When 5 archivists try 5 times together to look at the first show
      Then all of the attempts are granted

  Rule: What the broadcast service said is remembered for a while

    @ARC-176 @critical
    Scenario: The second look is from memory
      Given a service that nobody else uses
      And Lena has looked at all shows
      When Bruno looks at all shows
      Then Bruno learns it from memory

    @ARC-176 @normal
    Scenario: The first look is not from memory
      Given a service that nobody else uses
      When Bruno looks at all shows
      Then Bruno learns it afresh

    @ARC-176 @normal
    Scenario: Shows that were brought in are looked at afresh
      Given a service that nobody else uses
      And Lena has looked at all shows
      And Lena has brought in the shows
      When Bruno looks at all shows
      Then Bruno learns it afresh

    @ARC-176 @needs-settings @normal
    Scenario: Nothing is remembered for ever
      Given a service that remembers shows for 1 second
      And Lena has looked at all shows
      And 1.2 seconds have passed
      When Bruno looks at all shows
      Then Bruno learns it afresh

    @ARC-176 @critical
    Scenario: Without memory the answers are right
      Given a service that nobody else uses
      And Lena has looked at all shows
      And the memory of the archive is away
      When Bruno looks at all shows
      Then Bruno learns it afresh
      And Bruno learns the seeded shows in order

    @ARC-176 @normal
    Scenario: A slow memory is still one
      Given a service that nobody else uses
      And Lena has looked at all shows
      And the memory of the archive takes 0.01 seconds longer
      When Lena tries 20 times to look at all shows
      Then all of the attempts are granted
      And a grant takes at most 0.05 seconds on average
