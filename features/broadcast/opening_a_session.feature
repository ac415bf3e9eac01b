@broadcast
Feature: Opening a session

  A speaker chooses the language, the quality and how provisional results are treated. Whatever is missing or wrong is
  named in the refusal.

  Rule: The speaker is told what kind of session it is

    @BRO-3.4.1 @critical
    Scenario: The confirmation names language, quality, settings and end
      When Ana starts a broadcast in English
      Then Ana is told that the broadcast is in English and ends in 2 hours
      And Ana is told that the broadcast has standard quality
      And Ana is told that the broadcast has provisional results
      And Ana is told that the broadcast has a stability threshold of 0.85
      And Ana is told that the broadcast has a holding time of 5 seconds

    @BRO-1.3.5 @BRO-3.4.1 @critical
    Scenario Outline: A speaker may choose <quality> quality
      When Ana starts a broadcast with <quality> quality
      Then Ana is told that the broadcast has <quality> quality

      Examples:
        | quality  |
        | standard |
        | premium  |

    @BRO-1.3.5 @normal @needs-table
    Scenario: The chosen quality is recorded
      When Ana starts a broadcast with premium quality
      Then the session of Ana is recorded with premium quality

    @BRO-1.3.5 @normal @needs-table
    Scenario: Without a choice the quality is recorded as standard
      When Ana starts a broadcast in English
      Then the session of Ana is recorded with standard quality

    @BRO-3.1.6 @critical
    Scenario Outline: A speaker may choose <wish>
      When Ana starts a broadcast with <wish>
      Then Ana is told that the broadcast has <wish>

      Examples:
        | wish                          |
        | provisional results           |
        | no provisional results        |
        | a stability threshold of 0.70 |
        | a stability threshold of 0.95 |
        | a holding time of 2 seconds   |
        | a holding time of 10 seconds  |

    @BRO-3.1.6 @normal @needs-table
    Scenario Outline: The choice of <wish> is recorded
      When Ana starts a broadcast with <wish>
      Then the session of Ana is recorded with <wish>

      Examples:
        | wish                          |
        | no provisional results        |
        | a stability threshold of 0.70 |
        | a holding time of 10 seconds  |

  Rule: Settings for provisional results have limits

    @BRO-3.2.6 @BRO-3.1.6 @critical
    Scenario Outline: A speaker may not choose <wish>
      When Ana tries to start a broadcast with <wish>
      Then Ana is refused because that setting is out of bounds
      And Ana is told that <what> is missing or wrong

      Examples:
        | wish                           | what                    |
        | a stability threshold of 0.69  | the stability threshold |
        | a stability threshold of 0.96  | the stability threshold |
        | a stability threshold of high  | the stability threshold |
        | a stability threshold of nan   | the stability threshold |
        | a holding time of 1.9 seconds  | the holding time        |
        | a holding time of 10.1 seconds | the holding time        |
        | a holding time of some seconds | the holding time        |

  Rule: What is missing or malformed is named

    @BRO-3.2.2 @critical
    Scenario: The language must be named to open a session
      When Ana tries to start a broadcast without naming the language spoken
      Then Ana is refused because something is missing
      And Ana is told that the language spoken is missing or wrong

    @BRO-3.2.2 @normal
    Scenario Outline: "<code>" is not a language to speak
      When Ana tries to start a broadcast in the language "<code>"
      Then Ana is refused because that is not a language
      And Ana is told that the language spoken is missing or wrong

      Examples:
        | code    |
        | EN      |
        | e       |
        | eng     |
        | english |
        | e1      |
        | en-US   |

    @BRO-3.2.2 @normal
    Scenario Outline: <wish> cannot be chosen
      When Ana tries to start a broadcast with <wish>
      Then Ana is refused because something is not valid
      And Ana is told that <what> is missing or wrong

      Examples:
        | wish                        | what                              |
        | gold quality                | the quality                       |
        | perhaps provisional results | the choice of provisional results |

    @BRO-3.2.2 @critical
    Scenario Outline: A listener must name <what>
      Given Ana is broadcasting in English
      When Lena tries to join without naming <what>
      Then Lena is refused because something is missing
      And Lena is told that <what> is missing or wrong

      Examples:
        | what                      |
        | the session               |
        | the language to listen in |

    @BRO-3.2.2 @normal
    Scenario Outline: "<code>" is not a language to listen in
      Given Ana is broadcasting in English
      When Lena tries to join in the language "<code>"
      Then Lena is refused because that is not a language
      And Lena is told that the language to listen in is missing or wrong

      Examples:
        | code    |
        | ES      |
        | spanish |
        | es_ES   |

    @BRO-3.2.1 @normal
    Scenario: A connection must say what it is for
      When Lena tries to connect without saying what for
      Then Lena is refused because the service has no such request

    @BRO-3.2.1 @normal
    Scenario Outline: A connection for "<purpose>" is refused
      When Lena tries to connect for "<purpose>"
      Then Lena is refused because the service has no such request

      Examples:
        | purpose        |
        | eavesdrop      |
        | JoinSession    |
        | pauseBroadcast |

  Rule: Which languages are offered can be set

    Background:
      Given a service that offers English, Spanish, French and German only

    @BRO-1.5.3 @normal @needs-settings
    Scenario: A language that is offered can be chosen
      Given Ana is broadcasting in English
      When Lena joins in German
      Then Lena is let in

    @BRO-1.5.3 @normal @needs-settings
    Scenario: A language that is no longer offered cannot be listened to
      Given Ana is broadcasting in English
      When Lena tries to join in Italian
      Then Lena is refused because that language is not offered

    @BRO-1.5.3 @normal @needs-settings
    Scenario: A language that is no longer offered cannot be spoken
      When Ana tries to start a broadcast in Italian
      Then Ana is refused because that language is not offered to speakers

  Rule: The first thing wrong is what is told

    @BRO-1.2.18 @critical
    Scenario Outline: Whoever comes <papers> is refused for that before <language> is judged
      When Mallory tries to start a broadcast in <language> <papers>
      Then Mallory is refused because the sign-in is not valid

      Examples:
        | language | papers                  |
        | Finnish  | without signing in      |
        | Klingon  | without signing in      |
        | Klingon  | with a forged sign-in   |
        | Klingon  | with an expired sign-in |

    @BRO-1.2.18 @normal
    Scenario: The language is judged before the number of running broadcasts
      Given Ana is broadcasting in English
      When Ana tries to start a second broadcast in Finnish
      Then Ana is refused because that language is not offered to speakers

    @BRO-1.2.19 @normal
    Scenario: The form of a session's name is judged before the language
      When Lena tries to join the session "gentle harbour" in Finnish
      Then Lena is refused because that is not a session name

    @BRO-1.2.19 @normal
    Scenario: Whether there is such a session is judged before the language
      When Lena tries to join the session "quiet-river-404" in Finnish
      Then Lena is refused because there is no such session

    @BRO-1.2.19 @normal
    Scenario: Whether the session is on is judged before the language
      Given Ana is broadcasting in English
      And Ana has ended the session
      When Lena tries to join in Finnish
      Then Lena is refused because the session is over

  Rule: A connection may also be opened first and say afterwards what it is for

    @BRO-3.1.2 @normal
    Scenario: A session is opened over a connection that is there already
      Given Ana has opened a connection to speak that asks for nothing yet
      When Ana starts a broadcast in English over that connection
      Then Ana is told the name of the session

    @BRO-3.1.2 @normal
    Scenario: What is said in a session that was opened so is heard
      Given Ana has opened a connection to speak that asks for nothing yet
      And Ana has started a broadcast in English over that connection
      And Lena listens in Spanish
      When Ana says "Let us begin with the first question."
      Then Lena hears "Let us begin with the first question." in Spanish

    @BRO-3.1.3 @normal
    Scenario: A listener joins over a connection that is there already
      Given Ana is broadcasting in English
      And Lena has opened a connection to listen that asks for nothing yet
      When Lena joins in Spanish over that connection
      Then Lena is welcomed to Ana's session in Spanish

    @BRO-3.1.4 @normal
    Scenario: A speaker moves to a connection that is there already
      Given Ana is broadcasting in English
      And Ana has opened a connection to speak that asks for nothing yet
      When Ana moves the session to that connection
      Then Ana is told first that the move is complete

    @BRO-3.1.5 @normal
    Scenario Outline: Before that, nobody can <request>
      Given Bruno has opened a connection to speak that asks for nothing yet
      When Bruno tries to <request>
      Then Bruno is refused because the connection is not known

      Examples:
        | request                    |
        | send audio                 |
        | pause the broadcast        |
        | resume the broadcast       |
        | mute the broadcast         |
        | unmute the broadcast       |
        | set the volume             |
        | change the speaker's state |
        | ask for the status         |
        | end the session            |
        | pause their own playback   |
        | resume their own playback  |
        | change their language      |
        | send a heartbeat           |
