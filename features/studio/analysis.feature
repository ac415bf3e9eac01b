@studio
Feature: Measuring sound

  An engineer has the spectrum and the loudness of a sound measured.

  Rule: A spectrum is told in full, and has its peak where the tone is

    @STU-74 @critical
    Scenario: A spectrum is told in full
      When Ana has the spectrum of 2 seconds of a 440 Hz tone measured
      Then what Ana is told of the sound is a whole spectrum
      And Ana is answered within 5 seconds

    @STU-74 @normal
    Scenario Outline: A spectrum is told for what was asked: <spectrum>
      When Ana has the <spectrum> of 2 seconds of a 440 Hz tone measured
      Then what Ana is told of the sound is a whole spectrum

      Examples:
        | spectrum                                |
        | spectrum, in windows of 512 samples,    |
        | spectrum, in windows of 8192 samples,   |
        | spectrum, in windows that overlap by 90%, |

    @STU-75 @analysis @critical
    Scenario Outline: A tone of <hz> Hz is found in windows of <size> samples
      When Ana has the spectrum, in windows of <size> samples, of 2 seconds of a <hz> Hz tone measured
      Then what Ana is told of the sound is a spectrum with its peak at <hz> Hz, give or take one bin
      And what Ana is told of the sound is a spectrum around <hz> Hz, give or take 10 Hz

      Examples:
        | hz   | size |
        | 440  | 512  |
        | 440  | 1024 |
        | 440  | 2048 |
        | 440  | 4096 |
        | 440  | 8192 |
        | 1000 | 512  |
        | 1000 | 1024 |
        | 1000 | 2048 |
        | 1000 | 4096 |
        | 1000 | 8192 |

    @STU-75 @analysis @normal
    Scenario Outline: Of two tones the louder one is found, at <peak> and <other>
      When Ana has the spectrum of 2 seconds of two tones with peaks at <peak> and <other>, of 440 Hz and 3000 Hz measured
      Then what Ana is told of the sound is a spectrum with its peak at <hz> Hz, give or take one bin

      Examples:
        | peak   | other  | hz   |
        | -20 dB | -8 dB  | 3000 |
        | -8 dB  | -20 dB | 440  |

    @STU-75 @analysis @normal
    Scenario: Silence has no peak
      When Ana has the spectrum of 2 seconds of silence measured
      Then what Ana is told of the sound is a spectrum of nothing

  Rule: The same sound is measured alike each time

    @STU-76 @analysis @critical
    Scenario Outline: The <measurement> of a sound is the same again
      Given Ana has had the <measurement> of 2 seconds of white noise at -30 dB measured
      When Ana has the <measurement> of 2 seconds of white noise at -30 dB measured
      Then what Ana is told of the sound is the same as before

      Examples:
        | measurement |
        | spectrum    |
        | loudness    |

  Rule: A measurement that makes no sense is refused by what is wrong with it

    @normal
    Scenario Outline: It is refused to <attempt>
      When Ana tries to <attempt>
      Then Ana is refused because <reason>

      @STU-77
      Examples: Of a spectrum
        | attempt                                                            | reason                               |
        | have the spectrum of a tone measured in windows of 1000 samples    | the size of the window is a bad one  |
        | have the spectrum of a tone measured in windows that overlap by 95% | the overlap is a bad one            |
        | have the spectrum of nothing measured                              | there is no audio                    |

      @STU-81
      Examples: Of a loudness
        | attempt                                                            | reason                               |
        | have the loudness of a tone measured in a way that nobody knows    | the kind of measurement is a bad one |
        | have the loudness of a tone measured for a target of 10 LUFS       | the target is a bad one              |
        | have the loudness of a tone measured for a target of -61 LUFS      | the target is a bad one              |
        | have the loudness of nothing measured                              | there is no audio                    |

      @STU-77 @strict
      Examples: As a mistake of whoever asks
        | attempt                                                            | reason                               |
        | have the spectrum of a tone measured in windows of 1000 samples    | the request cannot be understood     |
        | have the spectrum of a tone measured in windows that overlap by 95% | the request cannot be understood    |
        | have the spectrum of nothing measured                              | the request cannot be understood     |

  Rule: Loudness is told in full, and as the standard has it

    @STU-78 @critical
    Scenario Outline: The <loudness> is told in full
      When Ana has the <loudness> of 2 seconds of a 997 Hz tone measured
      Then what Ana is told of the sound is a whole measurement of loudness
      And Ana is answered within 5 seconds

      Examples:
        | loudness                             |
        | loudness                             |
        | loudness, for a target of -16 LUFS,  |
        | loudest moment                       |
        | loudest 3 seconds                    |

    @STU-79 @analysis @critical
    Scenario Outline: A tone of <hz> Hz as loud as can be has <loudness>
      When Ana has the loudness of 3 seconds of a <hz> Hz tone measured
      Then what Ana is told of the sound is a loudness of <loudness>, give or take 0.5 LU

      Examples:
        | hz   | loudness   |
        | 997  | -3.0 LUFS  |
        | 440  | -3.7 LUFS  |
        | 3000 | 0.1 LUFS   |
        | 100  | -4.8 LUFS  |

    @STU-79 @analysis @normal
    Scenario: What is 20 dB quieter is 20 LU lower
      Given Ana has had the loudness of 3 seconds of a 997 Hz tone with peaks at -3 dB measured
      When Ana has the loudness of 3 seconds of a 997 Hz tone with peaks at -23 dB measured
      Then what Ana is told of the sound is a loudness that is 20 LU lower than before, give or take 0.1 LU

    @STU-79 @analysis @normal
    Scenario Outline: The <measurement> of a steady tone is its loudness
      When Ana has the <measurement> of 4 seconds of a 997 Hz tone with peaks at -20 dB measured
      Then what Ana is told of the sound is a loudness of -23 LUFS, give or take 0.5 LU
      And what Ana is told of the sound is a true peak at -20 dB, give or take 0.5 dB

      Examples:
        | measurement       |
        | loudest moment    |
        | loudest 3 seconds |

    @STU-79 @analysis @strict @normal
    Scenario: Silence is at the gate
      When Ana has the loudness of 2 seconds of silence measured
      Then what Ana is told of the sound is a loudness of -70 LUFS, give or take 0 LU

    @STU-79 @analysis @strict @normal
    Scenario: Too short a sound has no loudness
      When Ana has the loudness of 300 ms of a 997 Hz tone measured
      Then what Ana is told of the sound is that the sound is too short

    @STU-80 @analysis @critical
    Scenario Outline: A tone with peaks at <peak> is judged by its loudness
      When Ana has the loudness of 4 seconds of a 997 Hz tone with peaks at <peak> measured
      Then what Ana is told of the sound are flags and grades that follow from the loudness

      Examples:
        | peak   |
        | 0 dB   |
        | -15 dB |
        | -19 dB |
        | -25 dB |
        | -40 dB |

  Rule: A file is measured at its own rate

    @STU-82 @analysis @strict @critical
    Scenario Outline: The spectrum of a <channels> file at <rate> Hz is that of its rate
      When Ana has the spectrum of a <channels> file at <rate> Hz with 2 seconds of a 1000 Hz tone with peaks at -12 dB measured
      Then what Ana is told of the sound is the rate of the file
      And what Ana is told of the sound is a spectrum with its peak at 1000 Hz, give or take one bin

      Examples:
        | channels | rate  |
        | mono     | 8000  |
        | stereo   | 44100 |

    @STU-82 @analysis @strict @normal
    Scenario: The loudness of a file is that of its rate
      When Ana has the loudness of a mono file at 48000 Hz with 3 seconds of a 997 Hz tone with peaks at -20 dB measured
      Then what Ana is told of the sound is a loudness of -23 LUFS, give or take 0.5 LU
