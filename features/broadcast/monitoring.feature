@broadcast
Feature: What the service tells those who run it

  Figures say how much and how fast, alarms call somebody, and the log tells what happened without saying to whom.

  Rule: What happens in a session is counted and timed

    @REQ-23.1 @BRO-8.3.7 @critical @needs-metrics @needs-reference @alone
    Scenario: Every piece of audio is counted, and a second later the figure can be read
      Given Ana is broadcasting in English
      When Ana sends 12 pieces of audio at once
      Then within 1 second the figure for pieces of audio received in Ana's session comes to 12

    @REQ-23.1 @normal @needs-metrics
    Scenario: Every session has figures of its own
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Ana has sent 5 pieces of audio at once
      When Bruno sends 3 pieces of audio at once
      Then the figure for pieces of audio received in Ana's session comes to 5
      And the figure for pieces of audio received in Bruno's session comes to 3

    @BRO-8.3.1 @normal @needs-metrics
    Scenario: The size of audio is recorded
      Given Ana is broadcasting in English
      When Ana's live microphone picks up silence for 0.4 seconds
      Then the size of 4 pieces of audio in Ana's session is recorded as 3200 bytes

    @REQ-23.1 @BRO-8.3.1 @normal @needs-metrics
    Scenario: Audio that is held back in a pause is counted
      Given Ana is broadcasting in English
      And Ana has paused the broadcast
      When Ana sends 7 pieces of audio at once
      Then the figure for pieces of audio held back in a pause in Ana's session comes to 7
      And the figure for pieces of audio received in Ana's session comes to 7

    @BRO-8.3.1 @minor @needs-metrics @needs-settings
    Scenario: A disconnection for too much audio is counted
      Given a service that warns after 0.5 seconds of too much audio and ends the session after 1.5 seconds of it
      And Ana is broadcasting in English
      When Ana sends 100 pieces of audio a second for 3 seconds
      Then Ana is disconnected because of too much audio
      And the figure for speakers disconnected for too much audio in Ana's session comes to 1

    @REQ-3.5 @normal @needs-metrics
    Scenario: The delay of audio can be read as median and percentiles
      Given Ana is broadcasting in English
      When Ana sends 20 pieces of audio at once
      Then the median, the 95th and the 99th percentile of the delay of a piece of audio in Ana's session can be read

    @REQ-23.2 @normal @needs-metrics
    Scenario: The start of recognition is timed, once
      Given Ana is broadcasting in English
      When Ana sends 3 pieces of audio at once
      Then the start of recognition in Ana's session is measured once

    @REQ-23.4 @BRO-8.3.2 @normal @needs-metrics
    Scenario: Requests for the status are counted and timed
      Given Ana is broadcasting in English
      And Ana has asked for the status
      When Ana asks for the status
      Then the figure for requests for the status in Ana's session comes to 2
      And the answer to a status request in Ana's session is measured 2 times

    @BRO-8.3.2 @normal @needs-metrics
    Scenario: Controls are counted by their kind
      Given Ana is broadcasting in English
      And Ana has paused the broadcast
      And Ana has muted the broadcast
      When Ana pauses the broadcast
      Then the figure for requests to pause in Ana's session comes to 2
      And the figure for requests to mute in Ana's session comes to 1

    @BRO-8.3.2 @normal @needs-metrics
    Scenario: It is timed how long a notice takes to the listeners
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana pauses the broadcast
      Then the delivery of a notice in Ana's session is measured once
      And the figure for notices that did not arrive in Ana's session comes to 0

    @BRO-8.3.2 @normal @needs-metrics @needs-fault
    Scenario: Notices that do not arrive are counted
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena's device has gone dead without a word
      When Ana pauses the broadcast
      Then the figure for notices that did not arrive in Ana's session comes to 1

    @REQ-17.5 @normal @needs-metrics
    Scenario: A speaker's move is counted as a restored broadcast
      Given Ana is broadcasting in English
      When Ana moves to a new connection
      Then the figure for restored broadcasts in Ana's session comes to 1

    @BRO-8.3.6 @normal @needs-metrics
    Scenario: No figure tells one connection from another
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has resumed the broadcast
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish
      And the start of recognition in Ana's session is measured once
      And no figure carries the identity of a connection

  Rule: What happens in the whole service is counted and timed

    Background:
      Given a service that nobody else uses

    @REQ-23.3 @normal @needs-metrics @needs-own-service
    Scenario Outline: <measure> is measured
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And it is known how often <measure> was measured
      When <person> tries to <act>
      Then <measure> is measured once more

      Examples: By the kind of control
        | measure                       | person | act                   |
        | the time to pause             | Ana    | pause the broadcast   |
        | the time to mute              | Ana    | mute the broadcast    |
        | the time to set the volume    | Ana    | set the volume        |
        | the time to change a language | Lena   | change their language |

    @REQ-23.5 @normal @needs-metrics @needs-fault @needs-own-service
    Scenario: Faults are counted by what failed
      Given Ana is broadcasting in English
      And the figure for faults in controls of speakers is known
      And the service meets a mishap with Ana's next request
      When Ana tries to mute the broadcast
      Then Ana is refused because of a fault in the service
      And the figure for faults in controls of speakers grows by 1

    @REQ-23.5 @minor @needs-metrics @needs-fault @needs-settings @needs-own-service
    Scenario: Requests that take too long are counted apart from other faults
      Given a service that gives up on a request after 0.8 seconds
      And Ana is broadcasting in English
      And the figure for status requests that took too long is known
      And the service gets stuck over Ana's next request
      When Ana tries to ask for the status
      Then Ana is refused because the request took too long
      And the figure for status requests that took too long grows by 1

    @REQ-28.5 @normal @needs-metrics @needs-settings @needs-own-service
    Scenario: A silent speaker is counted
      Given a service that disconnects clients after 1.2 seconds of silence
      And the figure for silent speakers disconnected is known
      When Ana starts a broadcast in English
      Then Ana is disconnected 1.2 to 2.2 seconds after falling silent
      And the figure for silent speakers disconnected grows by 1

    @REQ-28.5 @normal @needs-metrics @needs-settings @needs-own-service
    Scenario: A silent listener is counted apart
      Given a service that disconnects clients after 1.2 seconds of silence
      And Ana is broadcasting in English
      And Lena listens in Spanish
      And the figure for silent listeners disconnected is known
      And Ana has sent a heartbeat every 0.3 seconds until Lena was disconnected
      When Ana leaves
      Then the figure for silent listeners disconnected grows by 1

    @REQ-28.5 @minor @needs-metrics @needs-settings @needs-own-service
    Scenario: Who stopped the heartbeats is counted apart
      Given a service that disconnects clients after 2 seconds of silence, or 1 second without heartbeats
      And Ana is broadcasting in English
      And the figure for speakers disconnected for want of heartbeats is known
      When Ana sends a heartbeat
      Then Ana is disconnected 1 to 2 seconds after falling silent
      And the figure for speakers disconnected for want of heartbeats grows by 1

    @BRO-8.3.2 @minor @needs-metrics @needs-settings @needs-own-service
    Scenario: Statuses that are sent unasked are counted
      Given a service that tells speakers the status every second
      And the figure for statuses sent unasked is known
      And Ana is broadcasting in English
      And Ana has been told the regular status
      When Ana leaves
      Then the figure for statuses sent unasked grows by 1

    @BRO-8.3.3 @normal @needs-metrics @needs-own-service
    Scenario Outline: <measure> is recorded when somebody comes
      Given it is known how often <measure> was measured
      And Ana is broadcasting in English
      When Lena joins in Spanish
      Then <measure> is measured once more

      Examples:
        | measure                       |
        | the time to open a session    |
        | the time to join              |
        | the number of active sessions |
        | the number of listeners       |

    @BRO-8.3.3 @minor @needs-metrics @needs-own-service
    Scenario: Refused connections are counted by their reason
      Given the figure for connections refused for want of a session is known
      When Lena tries to join the session "quiet-river-404"
      Then Lena is refused because there is no such session
      And the figure for connections refused for want of a session grows by 1

    @BRO-8.3.4 @normal @needs-metrics @needs-own-service
    Scenario Outline: <measure> is recorded for each sentence
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And it is known how often <measure> was measured
      When Ana says "Thank you all for coming."
      Then <measure> is measured once more

      Examples:
        | measure                                            |
        | the share of listeners that a sentence reached     |
        | the time from a sentence to its translations       |
        | the number of languages of a sentence              |
        | the number of languages in which a sentence failed |

  Rule: Somebody is alarmed when the service gets too slow or too often fails

    @REQ-21.5 @BRO-8.2.1 @BRO-8.2.2 @BRO-8.2.3 @normal @needs-metrics
    Scenario Outline: There is a <level> alarm for <what> above <limit> for <time>
      When Ana starts a broadcast in English
      Then there is a <level> alarm for <what> above <limit> for <time>

      Examples: Critical
        | level    | what                           | limit | time       |
        | critical | the delay of audio             | 100   | 5 minutes  |
        | critical | the share of recogniser faults | 5     | 5 minutes  |
        | critical | the share of failed requests   | 1     | 5 minutes  |
        | critical | faults of the database         | 10    | 1 minute   |

      Examples: Warning
        | level    | what                           | limit | time       |
        | warning  | the delay of audio             | 75    | 10 minutes |
        | warning  | the delay of controls          | 150   | 10 minutes |
        | warning  | violations of rates            | 100   | 1 minute   |
        | warning  | overflows of the audio buffer  | 10    | 1 minute   |

      Examples: Further
        | level    | what                              | limit | time      |
        | further  | the start of recognition          | 2000  | 1 minute  |
        | further  | notices that did not arrive       | 50    | 5 minutes |
        | further  | disconnections for too much audio | 10    | 5 minutes |
        | further  | the opening of sessions           | 2000  | 1 minute  |
        | further  | failed connections                | 100   | 5 minutes |
        | further  | active sessions                   | 90    | 1 minute  |

  Rule: The log tells what happened

    @REQ-23.6 @normal @needs-logs
    Scenario: Every message can be followed in the detailed log
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has said "Thank you all for coming."
      And Lena has heard "Thank you all for coming." in Spanish
      When Ana pauses the broadcast
      Then the detailed log tells of every message that Ana sent and received
      And the detailed log tells of every message that Lena sent and received

    @REQ-23.7 @normal @needs-logs
    Scenario: What was recognised can be followed in the detailed log
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says "The next slide shows our results."
      Then the detailed log tells that "The next slide shows our results." was recognised for Ana, and how surely

    @REQ-23.8 @normal @needs-logs @needs-fault
    Scenario: A fault is logged with all that is needed to find it
      Given Ana is broadcasting in English
      And the service meets a mishap with Ana's next request
      When Ana tries to mute the broadcast
      Then Ana is refused because of a fault in the service
      And the log reports that Ana's request failed, and at which place in the program

    @REQ-22.4 @normal @needs-logs @needs-fault @needs-settings
    Scenario: A request over which the service got stuck is logged
      Given a service that gives up on a request after 0.8 seconds
      And Ana is broadcasting in English
      And the service gets stuck over Ana's next request
      When Ana tries to mute the broadcast
      Then Ana is refused because the request took too long
      And the log reports that Ana's request took too long

    @REQ-22.3 @normal @needs-logs @needs-fault
    Scenario: A notice that did not arrive is logged
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena's device has gone dead without a word
      When Ana pauses the broadcast
      Then the log warns that Lena was not told of the pause

    @REQ-14.1 @normal @needs-logs @needs-fault
    Scenario: A fault of the recogniser is logged
      Given Ana is broadcasting in English
      And Ana's recogniser fails to start 1 time
      When Ana says "Thank you all for coming."
      Then the log reports that Ana's recogniser failed, by its code and in words

    @BRO-2.3.4 @minor @needs-logs @needs-fault @needs-own-service
    Scenario: Joins that could not be counted are logged
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And joins cannot be counted
      When Lena joins in Spanish
      Then Lena is welcomed to Ana's session in Spanish
      And the log warns that a join could not be counted

    @BRO-8.4.1 @normal @needs-logs
    Scenario: The log is kept line by line, in order and by session
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has left
      When Ana ends the session
      Then every line of the log says when, how gravely, where and what happened
      And the log names Ana's session where it tells of its opening, of Lena and of its end

  Rule: The log gives nobody away

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-8.4.2 @critical @needs-logs
    Scenario: What was said is in the detailed log and nowhere else
      When Ana says "We will take a short break now."
      Then Lena hears "We will take a short break now." in Spanish
      And the detailed log tells that "We will take a short break now." was recognised for Ana, and how surely
      And apart from the detailed log there is nothing of "We will take a short break now."

    @REQ-24.5 @REQ-23.6 @blocker @needs-logs
    Scenario: Nothing of the audio is in the log
      When Ana says "Our members come from twenty countries."
      Then Lena hears "Our members come from twenty countries." in Spanish
      And the log holds nothing of the audio that was sent and heard

    @REQ-24.5 @BRO-8.4.3 @blocker @needs-logs
    Scenario: Nobody can be recognised in the log, whatever they did
      Given Ana has moved to a new connection
      And Ana has closed the old connection
      And Mallory has tried to take over the session of Ana
      And Mallory was refused because the session belongs to somebody else
      When Ana ends the session
      Then Lena is told that the session has ended
      And the log gives away nobody's sign-in, name, connection or network address

    @REQ-24.5 @BRO-8.4.3 @critical @needs-logs @needs-fault
    Scenario: Not even a fault gives anybody away
      Given the service meets a mishap with Ana's next request
      When Ana tries to mute the broadcast
      Then Ana is refused because of a fault in the service
      And the log gives away nobody's sign-in, name, connection or network address
