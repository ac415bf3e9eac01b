@studio
Feature: One stage alone

  An engineer tries a stage on a sound, and is told what it did.

  Rule: A stage alone processes a sound and says with which settings

    @STU-56 @critical
    Scenario: Noise reduction alone gives back as much as it got
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction at strength 0.5 alone
      Then the sound that Ana gets keeps rate, channels and length
      And what Ana is told of the sound is with which settings it was done
      And Ana is answered within 5 seconds

    @STU-57 @strict @normal
    Scenario Outline: A stage can be asked for <way>
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction at strength 0.9 alone, as asked <way>
      Then the sound that Ana gets keeps rate, channels and length
      And what Ana is told of the sound is with which settings it was done

      Examples:
        | way                   |
        | in a form             |
        | in a form with a file |

    @normal
    Scenario Outline: A stage alone is refused to whoever wants to <attempt>
      When Ana tries to <attempt>
      Then Ana is refused because <reason>

      @STU-58
      Examples: By what is wrong with it
        | attempt                                          | reason                           |
        | have a tone processed by a reverb alone          | there is no stage of that name   |
        | have nothing processed by noise reduction alone  | there is no audio                |

      @STU-58 @strict
      Examples: As a mistake of whoever asks
        | attempt                                          | reason                           |
        | have a tone processed by a reverb alone          | the request cannot be understood |
        | have nothing processed by noise reduction alone  | the request cannot be understood |

    @STU-61 @normal
    Scenario: A strength out of range crashes nothing
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction at strength 2.5 alone, if it is granted
      Then Ana is answered within 5 seconds

    @STU-61 @strict @normal
    Scenario: A strength out of range acts as the highest, with a warning
      Given Ana has had 2 seconds of white noise at -30 dB processed by noise reduction at strength 1 alone
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction at strength 2.5 alone
      Then what Ana is told of the sound is a warning about the strength
      And the sound that Ana gets has the samples of what came before

  Rule: Voice detection finds sound between silences

    @STU-59 @strict @critical
    Scenario: A third of the sound is found
      When Ana has 3 seconds of silence, a 200 Hz tone and silence processed by voice detection alone
      Then what Ana is told of the sound is speech for 33% of it, give or take 10%, without gaps

    @STU-59 @strict @normal
    Scenario: The same is found again
      Given Ana has had 3 seconds of silence, a 200 Hz tone and silence processed by voice detection alone
      When Ana has 3 seconds of silence, a 200 Hz tone and silence processed by voice detection alone
      Then what Ana is told of the sound is the same as before

  Rule: The catalogue tells which stages there are, and their defaults

    @STU-60 @normal
    Scenario Outline: An engineer learns <question>
      When Ana asks <question>
      Then Ana learns <question>

      Examples:
        | question                       |
        | which stages there are         |
        | what automatic gain is set to  |
        | what compression is set to     |

    @STU-60 @normal
    Scenario: A stage that there is not has no defaults
      When Ana tries to ask what a reverb is set to
      Then Ana is refused because there is no such thing

  Rule: What a stage says of itself is true

    @STU-128 @strict @dsp @critical
    Scenario Outline: <stage> says of <sound> <report>
      When Ana has <sound> processed by <stage> alone
      Then what Ana is told of the sound is <report>

      Examples:
        | stage                                  | sound                                             | report                                                |
        | compression                            | 2 seconds of a 440 Hz tone with peaks at -30 dB   | that nothing was compressed                           |
        | compression                            | 2 seconds of a 440 Hz tone with peaks at -8 dB    | that it was compressed by 4 to 12 dB                  |
        | a limiter at -6 dB                     | 2 seconds of a 440 Hz tone                        | that peaks were lowered by 6 dB, give or take 0.5 dB  |
        | a limiter at -6 dB                     | 2 seconds of a 440 Hz tone with peaks at -30 dB   | that no peak was lowered                              |
        | a flat equalizer                       | 2 seconds of white noise at -30 dB                | that nothing was altered                              |
        | an equalizer with 6 dB in the middle   | 2 seconds of white noise at -30 dB                | that the spectrum was altered                         |
        | noise reduction at strength 0.9        | 2 seconds of white noise at -30 dB                | that noise was lowered at a strength of 0.9           |
        | noise reduction                        | 2 seconds of white noise at -30 dB                | that noise was lowered at a strength of 0.5           |

    @STU-128 @strict @dsp @normal
    Scenario Outline: Asked for alone, <stage> answers with its sound
      When Ana has 2 seconds of white noise at -30 dB processed by <stage> alone
      Then the sound that Ana gets keeps rate, channels and length
      And what Ana is told of the sound is that it was done

      Examples:
        | stage                   |
        | a voice filter          |
        | voice enhancement       |
        | spectral denoising      |
        | loudness normalisation  |
        | automatic gain          |

    @STU-128 @strict @dsp @normal
    Scenario: The limiter alone lets no sample above its threshold
      When Ana has 2 seconds of a 440 Hz tone processed by a limiter at -6 dB alone
      Then the sound that Ana gets has no sample above -5.9 dB
