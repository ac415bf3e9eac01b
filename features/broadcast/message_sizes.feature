@broadcast
Feature: Sizes of messages

  Nobody can burden the service with messages of any size. Each limit is exact: what just fits is taken, one byte more
  is refused.

  Rule: A message may have 131072 bytes

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @REQ-27.1 @critical
    Scenario: A message of exactly the limit is taken
      When Ana tries to send audio in a message of 131072 bytes
      Then Ana's audio is passed on

    @REQ-27.1 @REQ-27.2 @critical
    Scenario Outline: A message of <size> bytes is refused
      When Ana tries to send audio in a message of <size> bytes
      Then Ana is refused because the message is too large
      And Ana is still connected

      Examples:
        | size    |
        | 131073  |
        | 1048576 |

    @REQ-27.2 @normal
    Scenario: Raw sound is a message like any other
      When Ana tries to send 131074 bytes of audio as raw sound
      Then Ana is refused because the message is too large
      And Ana is still connected

    @REQ-27.2 @normal
    Scenario: A listener's message is limited as well
      When Lena tries to pause their own playback in a message of 131073 bytes
      Then Lena is refused because the message is too large
      And Lena is still connected

    @BRO-3.5.4 @critical
    Scenario: A message beyond 1 MB ends the connection
      When Lena sends a message of 1048577 bytes
      Then Lena is disconnected because the message is beyond all limits

    @REQ-27.5 @normal @needs-logs
    Scenario: A message that is too large is logged with its connection
      When Lena tries to pause their own playback in a message of 131073 bytes
      Then Lena is refused because the message is too large
      And the log warns that Lena was refused because the message is too large

  Rule: The limit of a message can be raised

    @REQ-27.1 @normal @needs-settings
    Scenario: A message up to a raised limit is taken
      Given a service that takes messages of up to 262144 bytes
      And Ana is broadcasting in English
      When Ana tries to send audio in a message of 262144 bytes
      Then Ana's audio is passed on

    @REQ-27.1 @REQ-27.2 @normal @needs-settings
    Scenario: A message above a raised limit is refused
      Given a service that takes messages of up to 262144 bytes
      And Ana is broadcasting in English
      When Ana tries to send audio in a message of 262145 bytes
      Then Ana is refused because the message is too large
      And Ana is still connected

  Rule: A piece of audio may have 100 to 32768 bytes

    Background:
      Given Ana is broadcasting in English

    @REQ-3.1 @critical
    Scenario Outline: <size> bytes of audio are taken
      When Ana tries to send <size> bytes of audio
      Then Ana's audio is passed on

      Examples:
        | size  |
        | 100   |
        | 32768 |

    @REQ-3.1 @critical
    Scenario Outline: <size> bytes of audio are too few
      When Ana tries to send <size> bytes of audio
      Then Ana is refused because the piece of audio is too small
      And Ana is still connected

      Examples:
        | size |
        | 2    |
        | 98   |
        | 99   |

    @REQ-3.1 @REQ-27.3 @critical
    Scenario Outline: <size> bytes of audio are too many
      When Ana tries to send <size> bytes of audio
      Then Ana is refused because the piece of audio is too large
      And Ana is still connected

      Examples:
        | size  |
        | 32769 |
        | 32770 |

    @REQ-27.5 @minor @needs-logs
    Scenario: A piece of audio that is too large is logged as such
      When Ana tries to send 32770 bytes of audio
      Then Ana is refused because the piece of audio is too large
      And the log warns that Ana was refused because the piece of audio is too large

    @REQ-3.1 @REQ-27.3 @BRO-3.3.2 @normal
    Scenario Outline: <size> bytes of raw sound are too <extreme>
      When Ana tries to send <size> bytes of audio as raw sound
      Then Ana is refused because the piece of audio is too <extreme>
      And Ana is still connected

      Examples:
        | size  | extreme |
        | 99    | small   |
        | 32769 | large   |

    @REQ-3.1 @BRO-3.3.2 @normal
    Scenario Outline: <size> bytes of raw sound are taken
      When Ana tries to send <size> bytes of audio as raw sound
      Then Ana's audio is passed on

      Examples:
        | size  |
        | 100   |
        | 32768 |

  Rule: Any other request may have 4096 bytes

    Background:
      Given Ana is broadcasting in English
      And Lena listens in Spanish

    @REQ-27.4 @critical
    Scenario Outline: <who> may <request> in a message of exactly the limit
      When <who> tries to <request> in a message of 4096 bytes
      Then <who>'s request is granted

      Examples:
        | who  | request                    |
        | Ana  | pause the broadcast        |
        | Ana  | change the speaker's state |
        | Ana  | ask for the status         |
        | Lena | change their language      |
        | Lena | send a heartbeat           |

    @REQ-27.4 @critical
    Scenario Outline: <who> may not <request> in a message above the limit
      When <who> tries to <request> in a message of 4097 bytes
      Then <who> is refused because the request is too large
      And <who> is still connected
      And Lena is told nothing
      And the broadcast of Ana is unchanged

      Examples:
        | who  | request                    |
        | Ana  | pause the broadcast        |
        | Ana  | resume the broadcast       |
        | Ana  | mute the broadcast         |
        | Ana  | unmute the broadcast       |
        | Ana  | set the volume             |
        | Ana  | change the speaker's state |
        | Ana  | ask for the status         |
        | Ana  | end the session            |
        | Lena | pause their own playback   |
        | Lena | change their language      |
        | Lena | send a heartbeat           |

    @REQ-27.5 @minor @needs-logs
    Scenario: A request that is too large is logged as such
      When Ana tries to pause the broadcast in a message of 4097 bytes
      Then Ana is refused because the request is too large
      And the log warns that Ana was refused because the request is too large

    @REQ-27.4 @normal @needs-table
    Scenario: A control that is too large leaves no trace on record
      When Ana tries to change the speaker's state in a message of 4097 bytes
      Then Ana is refused because the request is too large
      And the record of Ana's broadcast is unchanged
