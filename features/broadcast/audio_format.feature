@broadcast
Feature: Format of audio

  Sound is sent as 16-bit mono samples, 16000 of them a second. What is something else is refused, so that nobody hears
  noise.

  Background:
    Given Ana is broadcasting in English

  Rule: Only 16-bit mono samples are taken

    @REQ-13.1 @REQ-13.3 @critical
    Scenario Outline: <size> bytes are no whole number of samples
      When Ana tries to send <size> bytes of audio
      Then Ana is refused because the audio has the wrong format
      And Ana is still connected

      Examples:
        | size  |
        | 101   |
        | 3201  |
        | 32767 |

    @REQ-13.1 @REQ-13.3 @critical
    Scenario Outline: <file> is refused
      When Ana tries to send the beginning of <file>
      Then Ana is refused because the audio has the wrong format
      And Ana is still connected

      Examples:
        | file         |
        | a WAV file   |
        | an AIFF file |
        | an Ogg file  |
        | a FLAC file  |
        | an MP3 file  |
        | a WebM file  |

    @REQ-13.1 @REQ-13.3 @normal
    Scenario: The beginning of a file is refused as raw sound as well
      When Ana tries to send the beginning of a WAV file as raw sound
      Then Ana is refused because the audio has the wrong format
      And Ana is still connected

    @REQ-13.4 @normal @needs-logs
    Scenario: A wrong format is logged with the connection and the audio
      When Ana tries to send 3201 bytes of audio
      Then Ana is refused because the audio has the wrong format
      And the log warns that Ana was refused because the audio has the wrong format
      And the log warns that 3201 bytes of audio came from Ana

  Rule: What is declared must be right

    @REQ-13.1 @REQ-13.3 @critical
    Scenario Outline: Audio that is declared as <declared> is refused
      When Ana tries to send audio that is declared as <declared>
      Then Ana is refused because the audio has the wrong format
      And Ana is still connected

      Examples:
        | declared       |
        | stereo         |
        | 8-bit samples  |
        | 32-bit samples |
        | MP3            |

    @REQ-13.2 @REQ-13.3 @critical
    Scenario Outline: Audio with <declared> is refused
      When Ana tries to send audio that is declared as <declared>
      Then Ana is refused because the audio has the wrong format
      And Ana is still connected

      Examples:
        | declared                  |
        | a sample rate of 8000 Hz  |
        | a sample rate of 15999 Hz |
        | a sample rate of 16001 Hz |
        | a sample rate of 44100 Hz |
        | a sample rate of 48000 Hz |

    @REQ-13.1 @REQ-13.2 @critical
    Scenario Outline: Audio that is rightly declared as <declared> is taken
      When Ana tries to send audio that is declared as <declared>
      Then Ana's audio is passed on

      Examples:
        | declared                  |
        | a sample rate of 16000 Hz |
        | 16-bit mono at 16000 Hz   |

    @REQ-13.1 @normal
    Scenario: Nothing need be declared
      When Ana tries to send 3200 bytes of audio
      Then Ana's audio is passed on

  Rule: The check is passed once for a connection, and only by audio that is right

    @REQ-13.5 @normal
    Scenario: Later pieces need not declare anything
      Given Ana has tried to send audio that is declared as 16-bit mono at 16000 Hz
      And Ana's request was granted
      When Ana tries to send 3200 bytes of audio
      Then Ana's audio is passed on

    @REQ-13.5 @normal
    Scenario: Later samples may look like the beginning of a file by chance
      Given Ana has tried to send 3200 bytes of audio
      And Ana's request was granted
      When Ana tries to send the beginning of a WAV file
      Then Ana's audio is passed on

    @REQ-13.5 @critical
    Scenario: A refusal is not remembered as a pass
      Given Ana has tried to send the beginning of a WAV file
      And Ana was refused because the audio has the wrong format
      When Ana tries to send the beginning of a WAV file
      Then Ana is refused because the audio has the wrong format

    @REQ-13.5 @critical
    Scenario: After a refusal, audio that is right is taken
      Given Ana has tried to send the beginning of a WAV file
      And Ana was refused because the audio has the wrong format
      When Ana tries to send 3200 bytes of audio
      Then Ana's audio is passed on

    @REQ-13.5 @REQ-13.3 @critical
    Scenario: A speaker who was refused once is heard after putting it right
      Given Lena listens in Spanish
      And Ana has tried to send audio that is declared as stereo
      And Ana was refused because the audio has the wrong format
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in Spanish
