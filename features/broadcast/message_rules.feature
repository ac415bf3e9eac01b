@broadcast
Feature: Rules for messages

  What a client sends may be wrong in many ways. The service says what is wrong, does nothing else, and the
  connection stays usable.

  Rule: What cannot be read, asks for nothing or is not offered is refused

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-3.3.21 @BRO-3.6.1 @BRO-3.6.3 @critical
    Scenario Outline: <message> cannot be read
      When Ana sends <message>
      Then Ana is refused because the message cannot be read
      And Ana is still connected
      And Lena is told nothing
      And the broadcast of Ana is unchanged

      Examples:
        | message                      |
        | half a message               |
        | a bare word                  |
        | a number                     |
        | a list of requests           |
        | a request in quotation marks |
        | an empty message             |
        | an empty value               |
        | a message nested 50000 times |

    @BRO-3.3.22 @BRO-3.6.1 @BRO-3.6.3 @normal
    Scenario Outline: <message> asks for nothing
      When Lena sends <message>
      Then Lena is refused because nothing is asked for
      And Lena is still connected

      Examples:
        | message                                           |
        | a message that says nothing                       |
        | a message that only names a level                 |
        | a message with a blank where the request belongs  |

    @BRO-3.3.23 @BRO-3.6.1 @BRO-3.6.3 @REQ-19.2 @normal
    Scenario Outline: "<request>" is no request that the service has
      When Ana tries to "<request>"
      Then Ana is refused because the service has no such request
      And Ana is still connected
      And Lena is told nothing
      And the broadcast of Ana is unchanged

      Examples:
        | request         |
        | applaud         |
        | PauseBroadcast  |
        | pausebroadcast  |
        | pauseBroadcast! |
        | audioChunk      |

  Rule: What is missing or wrong is named

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-3.3.19 @BRO-3.6.1 @critical
    Scenario Outline: <who> cannot <request>
      When <who> tries to <request>
      Then <who> is refused because a detail is missing
      And <who> is told that <what> is missing or wrong
      And <who> is still connected
      And the broadcast of Ana is unchanged

      Examples:
        | who  | request                                     | what                      |
        | Ana  | send audio without any sound                | the sound                 |
        | Ana  | set the volume without saying to what       | the level                 |
        | Ana  | change the state without saying to what     | the state                 |
        | Lena | change the language without saying to which | the language to listen in |

    @BRO-3.3.20 @BRO-3.6.1 @critical
    Scenario Outline: <who> cannot <request> either
      When <who> tries to <request>
      Then <who> is refused because a detail is not valid
      And <who> is told that <what> is missing or wrong
      And <who> is still connected
      And the broadcast of Ana is unchanged

      Examples: Of sound
        | who | request                                    | what            |
        | Ana | send a number as audio                     | the sound       |
        | Ana | send audio under the number -1             | the number      |
        | Ana | send audio under the number 1.5            | the number      |
        | Ana | send audio under the number one, as a word | the number      |
        | Ana | send audio under a name that is a number   | the name        |
        | Ana | send audio that is dated yesterday         | the date        |
        | Ana | send audio that lasts for a while          | the length      |
        | Ana | send audio with a sample rate in words     | the sample rate |

      Examples: Of controls
        | who  | request                                           | what                      |
        | Ana  | pause the broadcast for about "a while"           | the length of the pause   |
        | Ana  | set the volume to 101%                            | the level                 |
        | Ana  | set the volume to a word                          | the level                 |
        | Ana  | change the state to a bare word                   | the state                 |
        | Ana  | end the session for a reason that is a number     | the reason                |
        | Lena | change to Klingon                                 | the language to listen in |
        | Lena | send a heartbeat that is dated noon               | the date                  |

    @BRO-3.3.24 @BRO-3.6.1 @BRO-3.6.3 @critical
    Scenario: Sound that cannot be decoded is refused
      When Ana tries to send audio that cannot be decoded
      Then Ana is refused because the message cannot be read
      And Ana is still connected

    @BRO-3.3.25 @BRO-3.6.1 @BRO-3.6.3 @critical
    Scenario Outline: A piece of audio without any sound in it is refused when it comes as <form>
      When Ana tries to <request>
      Then Ana is refused because there is no sound in it
      And Ana is still connected

      Examples:
        | form      | request                              |
        | text      | send audio that is empty             |
        | raw sound | send 0 bytes of audio as raw sound   |

  Rule: What does not matter is ignored

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-3.3.16 @normal
    Scenario Outline: <who> may <request> with remarks that mean nothing to the service
      When <who> tries to <request> with remarks that nobody asked for
      Then <who>'s request is granted

      Examples:
        | who  | request                    |
        | Ana  | send audio                 |
        | Ana  | pause the broadcast        |
        | Ana  | resume the broadcast       |
        | Ana  | mute the broadcast         |
        | Ana  | unmute the broadcast       |
        | Ana  | set the volume             |
        | Ana  | change the speaker's state |
        | Ana  | ask for the status         |
        | Lena | pause their own playback   |
        | Lena | change their language      |
        | Lena | send a heartbeat           |

    @BRO-3.3.1 @normal
    Scenario: Sound is taken in the form that older apps use
      When Ana tries to send audio as older apps do
      Then Ana's audio is passed on

    @BRO-3.3.17 @blocker
    Scenario Outline: Naming somebody else's session does not help to <request>
      Given Bruno is broadcasting in English
      And Amina listens to Bruno in French
      When Ana tries to <request>, naming the session of Bruno
      Then Lena is told that <news>
      And Amina is told nothing
      And the broadcast of Bruno is unchanged

      Examples:
        | request             | news                    |
        | pause the broadcast | the broadcast is paused |
        | mute the broadcast  | the broadcast is muted  |

  Rule: The service says what it speaks about

    @BRO-3.4.3 @normal
    Scenario: The confirmation of audio repeats its name and number
      Given Ana is broadcasting in English
      When Ana tries to send audio under the name "greeting" and the number 7
      Then Ana's audio is confirmed under the name "greeting" and the number 7

    @BRO-3.4.25 @normal
    Scenario: Whatever people are told is dated and names the session
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Ana has said "Thank you all for coming."
      And Lena has heard "Thank you all for coming." in Spanish
      When Ana pauses the broadcast
      Then everything that Ana and Lena are told is dated and names the session of Ana

  Rule: When several things are wrong, the first in the agreed order is told

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @BRO-3.3.18 @normal
    Scenario: The size of a message is judged before it is read
      When Ana sends a message of 131073 bytes that cannot be read
      Then Ana is refused because the message is too large

    @BRO-3.3.18 @normal
    Scenario: A message is read before the size of a request is judged
      When Ana sends a message of 4097 bytes that cannot be read
      Then Ana is refused because the message cannot be read

    @BRO-3.3.18 @normal
    Scenario: A request must exist before its size is judged
      When Ana tries to "applaud" in a message of 4097 bytes
      Then Ana is refused because the service has no such request

    @BRO-3.3.18 @normal
    Scenario: The size of a request is judged before the connection
      Given Bruno has opened a connection to speak that asks for nothing yet
      When Bruno tries to pause the broadcast in a message of 4097 bytes
      Then Bruno is refused because the request is too large

    @BRO-3.3.18 @normal
    Scenario: A request must exist before the connection is judged
      Given Bruno has opened a connection to speak that asks for nothing yet
      When Bruno tries to "applaud"
      Then Bruno is refused because the service has no such request

    @BRO-3.3.18 @normal
    Scenario Outline: The connection is judged before the details, when Bruno tries to <request>
      Given Bruno has opened a connection to speak that asks for nothing yet
      When Bruno tries to <request>
      Then Bruno is refused because the connection is not known

      Examples:
        | request                               |
        | set the volume without saying to what                |
        | send audio without any sound          |

    @BRO-3.3.18 @normal
    Scenario: The size of a request is judged before the role
      When Lena tries to pause the broadcast in a message of 4097 bytes
      Then Lena is refused because the request is too large

    @BRO-3.3.18 @normal
    Scenario: The role is judged before the rate
      When Lena tries within a second 10 times to pause their own playback and then to pause the broadcast
      Then the first 10 of Lena's requests are granted and the rest refused because only the speaker may do that

    @BRO-3.3.18 @normal
    Scenario Outline: The role is judged before the details, when Lena tries to <request>
      When Lena tries to <request>
      Then Lena is refused because only the speaker may do that

      Examples:
        | request                               |
        | set the volume without saying to what                |
        | send audio without any sound          |
        | send 32770 bytes of audio             |

    @BRO-3.3.18 @normal
    Scenario: The rate is judged before the details
      When Ana tries within a second 10 times to resume the broadcast and then to set the volume without saying to what
      Then the first 10 of Ana's requests are granted and the rest refused because that is too often

    @BRO-3.3.18 @normal @needs-table
    Scenario: Whether the session is active is judged before the details
      Given the record of Ana's session says that it is over
      When Ana tries to set the volume without saying to what
      Then Ana is refused because the session is not active

    @BRO-3.3.18 @normal @needs-table
    Scenario: The rate is judged before whether the session is active
      Given the record of Ana's session says that it is over
      When Ana tries 12 times within a second to mute the broadcast
      Then the first 10 of Ana's requests are refused because the session is not active and the rest because that is too often

    @BRO-3.3.18 @normal @needs-table
    Scenario: The role is judged before whether the session is active
      Given the record of Ana's session says that it is over
      When Lena tries to mute the broadcast
      Then Lena is refused because only the speaker may do that

    @BRO-3.3.18 @normal
    Scenario: The details are judged before the size of the sound
      When Ana tries to send 99 bytes of audio under the number -1
      Then Ana is refused because a detail is not valid

    @BRO-3.3.18 @normal
    Scenario Outline: The size of the sound is judged before its format, for <size> bytes
      When Ana tries to send <size> bytes of audio that is declared as stereo
      Then Ana is refused because the piece of audio is too <extreme>

      Examples:
        | size  | extreme |
        | 99    | small   |
        | 32769 | large   |

  Rule: Controls need a session that is active

    @BRO-3.7.19 @critical @needs-table
    Scenario Outline: <who> cannot <request> when the session is no longer active
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And the record of Ana's session says that it is over
      When <who> tries to <request>
      Then <who> is refused because the session is not active
      And <who> is still connected

      Examples:
        | who  | request                    |
        | Ana  | pause the broadcast        |
        | Ana  | resume the broadcast       |
        | Ana  | mute the broadcast         |
        | Ana  | unmute the broadcast       |
        | Ana  | set the volume             |
        | Ana  | change the speaker's state |
        | Ana  | ask for the status         |
        | Lena | change their language      |
        | Lena | pause their own playback   |

  Rule: A refusal says what is wrong and nothing about the inside of the service

    @BRO-3.6.2 @critical
    Scenario Outline: The refusal to <request> keeps the inside of the service to itself
      Given Ana is broadcasting in English
      When Ana tries to <request>
      Then the refusal tells Ana nothing about the inside of the service

      Examples:
        | request                            |
        | "applaud"                          |
        | send a number as audio             |
        | send audio that cannot be decoded  |
        | send audio under the number 1.5    |
        | change the state to a list         |
        | change their language              |
        | send 99 bytes of audio             |

    @BRO-3.7.25 @BRO-3.6.2 @BRO-3.6.3 @critical @needs-fault
    Scenario: A fault in the service is admitted without details
      Given Ana is broadcasting in English
      And the service meets a mishap with Ana's next request
      When Ana tries to mute the broadcast
      Then Ana is refused because of a fault in the service
      And the refusal tells Ana nothing about the inside of the service
      And Ana is still connected
