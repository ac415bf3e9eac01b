@calls
Feature: What goes wrong, and how it is told

  Every error says what it is, since when and under which id, and nothing about the inside of the service.

  Rule: Every error is told in one way

    @ERR-1 @ERR-2 @ERR-22 @critical
    Scenario Outline: Whoever tries to <attempt> is told why that cannot be
      Given Ana is at the desk of Hotel Aurora
      When Ana tries to <attempt>
      Then Ana is refused because <reason>
      And Ana is answered within 0.5 seconds

      Examples:
        | attempt                                        | reason                                      |
        | begin a call without a number                  | the caller is missing or makes no sense     |
        | begin a call in a text that breaks off         | the request makes no sense                  |
        | begin a call in plain text                     | the message is of the wrong kind            |
        | begin a call in more than 10 MiB               | the message is too large                    |
        | look for what nobody offers                    | there is no such thing                      |
        | strike out the profile                         | that is not to be done with it              |
        | look at the profile with a token that is none  | nobody knows who asks                       |
        | look at the users                              | the sender may not ask                      |

    @ERR-14 @critical
    Scenario: Twenty requests at once are each told what is theirs
      Given Ana is an operator
      When 10 calls and 10 calls without a number are made at the same moment
      Then all of the calls are granted
      And all of the calls without a number are refused because the caller is missing or makes no sense

    @ERR-20 @ERR-22 @needs-fault @needs-own-service @critical
    Scenario: What nobody foresaw is told without the inside
      Given a service that nobody else uses
      And the service stumbles over the next call
      When Mira tries to call Hotel Aurora
      Then Mira is refused because the service failed

  Rule: Whatever is asked has an id, by which it can be followed

    @ERR-3 @ERR-4 @normal
    Scenario Outline: Who tries to <attempt> is answered under <which>
      Given Ana is at the desk of Hotel Aurora
      When Ana tries to <attempt>
      Then Ana finds all of it under <which>

      Examples:
        | attempt                                      | which                 |
        | look at the profile with an id of one's own  | the id that was given |
        | look for what nobody offers                  | the id that was given |
        | look at the profile with an id that is none  | a new id              |
        | look at the profile with an id that is too long | a new id           |

    @ERR-5 @needs-double @needs-logs @critical
    Scenario: The id of a call goes wherever the call goes
      Given Mira has a reservation at Hotel Aurora
      When Mira calls Hotel Aurora
      And Mira has words of their own spoken
      Then the property system, the voices and the log know Mira's call by its id

  Rule: What fails is done without, or refused for a while

    @ERR-8 @ERR-17 @needs-fault @needs-settings @critical
    Scenario Outline: <What> when <trouble>
      Given a service that is quick to give up and to try again
      And Mira has a reservation at Hotel Aurora
      And <trouble>
      When Mira tries to <attempt>
      Then Mira <outcome>
      And Mira is answered within 2.5 seconds

      Examples:
        | What                     | trouble                             | attempt                        | outcome                                          |
        | A guest is served in part | the property system does not answer | call Hotel Aurora              | is answered without the property system |
        | No text is spoken        | the voices do not answer            | have words of their own spoken | is refused because the voices are too slow |
        | No text is spoken, either, | nobody can be had to speak        | have words of their own spoken | is refused because nobody can be had to speak    |

    @ERR-15 @needs-fault @needs-own-service @critical
    Scenario: Nobody signs in while the users cannot be read
      Given a service that nobody else uses
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      And the users cannot be read
      When Ana tries to sign in
      Then Ana is refused because the service is out of order

    @ERR-15 @needs-fault @needs-own-service @critical
    Scenario: The service says that it is out of order while the users cannot be read
      Given a service that nobody else uses
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      And the users cannot be read
      When Lena keeps trying to ask whether the service is well until refused
      Then Lena is refused because the service is out of order
      And that took 0 to 2 seconds

    @ERR-15 @ERR-16 @needs-fault @needs-own-service @critical
    Scenario Outline: All is well again soon after <store> can be read again
      Given a service that nobody else uses
      And Ana is at the desk of Hotel Aurora
      And Ana has signed in
      And <store> cannot be read
      And Ana has tried 2 times to <attempt>
      And everything works again
      When Ana keeps trying to <attempt> until granted it
      Then that took 0 to 2 seconds

      Examples:
        | store        | attempt             |
        | the users    | sign in             |
        | the sessions | look at the profile |

    @ERR-19 @needs-fault @needs-settings @critical
    Scenario Outline: <trouble>, and the rest goes on
      Given a service that is quick to give up and to try again
      And <trouble>
      When 1 call, 1 text, 1 talk and 1 health check are made at the same moment
      Then all of the calls are <calls>
      And all of the texts are <texts>
      And all of the talks are <talks>
      And all of the health checks are granted

      Examples:
        | trouble                    | calls            | texts                                      | talks                                      |
        | the property system fails  | granted          | granted                                    | granted                                    |
        | the rooms for media fail   | answered in full | granted                                    | refused because nobody can be had to speak |
        | nobody can be had to speak | granted          | refused because nobody can be had to speak | refused because nobody can be had to speak |

    @ERR-13 @needs-fault @needs-settings @critical
    Scenario: Calls are answered in full again after an outage
      Given a service that is quick to give up and to try again
      And Mira has a reservation at Hotel Aurora
      And the property system fails
      And Mira has tried 3 times to call Hotel Aurora
      And everything works again
      And 2 seconds have passed
      When Mira tries 5 times to call Hotel Aurora
      Then all of the attempts are answered in full
