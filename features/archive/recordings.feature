@archive @phase1
Feature: Recordings of the archive

  Whoever runs a community channel registers what was recorded, finds it again, corrects it and takes it away.

  Rule: What was registered is there, for everybody and as it was given

    @ARC-10 @ARC-12 @ARC-158 @blocker
    Scenario: A recording that was registered is found
      When Ana registers the council meeting
      Then the council meeting is as it was registered
      And the council meeting is pending
      And Ana is answered within 1 second

    @ARC-10 @critical
    Scenario: Whoever looks at a recording is answered soon
      Given Ana has registered the council meeting
      When Bruno looks at the council meeting
      Then Bruno is answered within 1 second

    @ARC-15 @ARC-16 @ARC-19 @ARC-175 @critical
    Scenario Outline: A recording <form> is taken as it is
      When Ana registers the recording <form>
      Then the recording is as it was registered

      Examples:
        | form                                                      |
        | with the title "Valid Title"                              |
        | with the title of 255 characters                          |
        | with a title that runs from right to left                 |
        | with the path "/valid/path/video.mp4"                     |
        | with the path "shows/2024/council.mov"                    |
        | with the path "/archive/Zürich/会議-2024.mp4"             |
        | with the path of 500 characters                           |
        | with the length 300 and the size 104857600                |
        | with the state "completed" and the share that is done 100 |

    @ARC-20 @needs-own-service @critical
    Scenario Outline: Whoever tries again and again to <attempt> is told the same
      Given a service that nobody else uses
      And Ana has registered 3 recordings
      And Ana has registered the council meeting
      When Bruno tries <times> times to <attempt>
      Then all of the attempts are granted
      And all of them are told the same
      And the council meeting is as it was registered

      Examples:
        | times | attempt                     |
        | 10    | look at the council meeting |
        | 5     | list the recordings         |

  Rule: A recording that makes no sense is not taken

    @ARC-15 @ARC-16 @ARC-17 @ARC-18 @critical
    Scenario Outline: Nobody registers a recording <flaw>
      When Ana tries to register a recording <flaw>
      Then Ana is refused because <what> is missing or makes no sense
      And nothing else is kept
      And Ana is answered within 1 second

      Examples: titles and descriptions
        | flaw                                        | what            |
        | without the title                           | the title       |
        | with the title ""                           | the title       |
        | with the title "   "                        | the title       |
        | with the title of 256 characters            | the title       |
        | with the title of 1000 characters           | the title       |
        | with the title of 10000 characters          | the title       |
        | with the title "<script>alert(1)</script>"  | the title       |
        | with the description "javascript:alert(1)"  | the description |
        | with the description of 2001 characters     | the description |

      Examples: paths
        | flaw                                        | what            |
        | without the path                            | the path        |
        | with the path ""                            | the path        |
        | with the path "/invalid/../path"            | the path        |
        | with the path "../../../etc/passwd"         | the path        |
        | with the path "/archive/../council.mp4"     | the path        |
        | with the path "a; rm -rf /.mp4"             | the path        |
        | with the path of 501 characters             | the path        |
        | with the path "/x/file.txt"                 | the path        |
        | with a path that ends at a zero             | the path        |

      Examples: figures and states
        | flaw                                        | what                     |
        | with the length "not_a_number"              | the length               |
        | with the length -1                          | the length               |
        | with the size -1000                         | the size                 |
        | with the size 0                             | the size                 |
        | with the share that is done 101             | the share that is done   |
        | with the state "invalid_state"              | the state                |

    @ARC-15 @normal
    Scenario: A title of 10 MiB is no title
      When Ana tries to register a recording with the title of 10485760 characters
      Then Ana is refused because it is too long for a title
      And nothing else is kept

  Rule: The list has every recording once, the latest first

    @ARC-12 @critical
    Scenario: The latest recording comes first
      Given Ana has registered the council meeting
      And Ana has registered the school concert
      And Ana has registered the harbour festival
      When Bruno lists the recordings
      Then Bruno finds them, the latest first
      And each recording is listed, once

    @ARC-21 @critical
    Scenario: A list can be of one state
      Given Ana has registered the council meeting
      And Ana has registered the school concert
      And Ana has marked the school concert as processing
      When Bruno lists the recordings that are processing
      Then Bruno finds those that are processing, and no others

    @ARC-21 @needs-own-service @critical
    Scenario: Pages hold every recording, and none twice
      Given a service that nobody else uses
      And Ana has registered 8 recordings
      When Bruno looks through all recordings, 3 on a page
      Then Bruno finds each of them on one page

  Rule: A recording that is deleted is gone

    @ARC-13 @critical
    Scenario: Nobody finds a recording that was deleted
      Given Ana has registered the council meeting
      When Ana deletes the council meeting
      Then the council meeting is gone

    @ARC-13 @ARC-14 @critical
    Scenario Outline: Nobody can <attempt> after it was deleted
      Given Ana has registered the council meeting
      And Ana has deleted the council meeting
      When Bruno tries to <attempt>
      Then Bruno is refused because there is no such recording
      And the council meeting is gone

      Examples:
        | attempt                                                      |
        | delete the council meeting                                   |
        | look at the council meeting                                  |
        | give the council meeting the title "Council, Second Part"         |
        | mark the council meeting as processing                       |

    @ARC-14 @critical
    Scenario: Nobody deletes what nobody registered
      When Ana tries to delete a recording that nobody registered
      Then Ana is refused because there is no such recording
