@archive @phase2
Feature: How the archive says no

  Whatever cannot be done is refused in one way, in words, and does no harm to what comes after it.

  Rule: Every refusal says of what kind it is, and why

    @ARC-1 @ARC-14 @critical
    Scenario Outline: Whoever wants to <attempt> is told why that is not so
      When Ana tries to <attempt>
      Then Ana is refused because <reason>
      And Ana is answered within 1 second

      Examples:
        | attempt                                             | reason                                  |
        | look at a recording that nobody registered          | there is no such recording              |
        | rename a recording that nobody registered           | there is no such recording              |
        | look for what no archive offers                        | there is no such thing                  |
        | strike out the queue                                | that is not to be done with it          |
        | register a recording without the title             | the title is missing or makes no sense  |
        | look at a recording by an id of 10,000 characters   | there is no such recording              |
        | look at a recording by an id with a zero in it      | there is no such recording              |
        | look at a recording by a way out of the archive     | there is no such recording              |

  Rule: A request that cannot be read harms nobody

    @ARC-2 @critical
    Scenario Outline: Whoever registers <how> is refused, and can go on
      When Ana tries to register a recording <how>
      Then Ana is refused because the request makes no sense
      And Ana is answered within 1 second
      And Ana can register the council meeting
      And nothing else is kept

      Examples:
        | how                                             |
        | in a text that breaks off                       |
        | as a list                                       |
        | in no text at all                               |
        | a thousand levels deep                          |
        | with a length that is no number of this world   |

    @ARC-2 @critical
    Scenario: Nothing that people may write makes the archive fail
      Given Ana has registered the council meeting
      When Bruno tries 80 times to register and change what nobody would write
      Then all of it was taken or refused as a mistake
      And Bruno can register the school concert

  Rule: Every answer tells browsers what not to do

    @ARC-3 @normal
    Scenario: Who is answered is protected
      When Ana lists the recordings
      Then Ana learns what browsers must not do

    @ARC-3 @normal
    Scenario: Who is refused is protected, too
      When Ana tries to look for what no archive offers
      Then Ana is refused because there is no such thing
      And Ana learns what browsers must not do
