@studio
Feature: What the stages do to sound

  Each stage changes what it is for, by how much it is told, and leaves the rest. Levels are those of the last second.

  Rule: The gain of a stage moves the level by what it says

    @STU-62 @dsp @critical
    Scenario Outline: <gain> more behind <stage> are heard
      Given Ana is streaming through <stage>, and <gain> more behind it
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -30 dB
      Then what comes back to Ana is <gain> louder than what was sent, give or take 0.5 dB

      Examples:
        | stage                                  | gain  |
        | compression above -20 dB at 4 to 1     | 6 dB  |
        | compression above -20 dB at 4 to 1     | -6 dB |
        | an equalizer with 0 dB at 1000 Hz      | 6 dB  |
        | an equalizer with 0 dB at 1000 Hz      | -6 dB |

    @STU-62 @dsp @strict @normal
    Scenario Outline: The gain behind <stage> is no different
      Given Ana is streaming through <stage>
      And Ana has sent 2 seconds of a 440 Hz tone with peaks at -24 dB
      And Ana is streaming through <stage>, and 6 dB more behind it
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -24 dB
      Then what comes back to Ana is 6 dB louder than before, give or take 0.5 dB

      Examples:
        | stage                                   |
        | voice detection                         |
        | a voice filter                          |
        | noise reduction                         |
        | voice enhancement                       |
        | spectral denoising                      |
        | conventional denoising at strength 0.5  |
        | loudness normalisation                  |
        | automatic gain                          |
        | a limiter                               |

    @STU-62 @dsp @strict @normal
    Scenario: What is too loud is held at full scale
      Given Ana is streaming through voice detection, and 6 dB more behind it
      When Ana sends 2 seconds of a 440 Hz tone
      Then what comes back to Ana is a 440 Hz tone, and all else in it at least 8 dB below

    @STU-62 @dsp @strict @normal
    Scenario: What is louder before a limiter is held by it
      Given Ana is streaming through a limiter at -6 dB, and 12 dB more before it
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -30 dB
      Then what comes back to Ana is 12 dB louder than what was sent, give or take 0.5 dB

  Rule: Noise reduction takes noise and spares tones

    @STU-63 @dsp @critical
    Scenario: White noise is lowered
      Given Ana is streaming through noise reduction at strength 0.9
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is at least 2 dB quieter than what was sent

    @STU-63 @dsp @critical
    Scenario: More strength lowers more of it
      Given Ana is streaming through noise reduction at strength 0.1
      And Ana has sent 2 seconds of white noise at -30 dB
      And Ana is streaming through noise reduction at strength 0.9
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is at least 1 dB quieter than before

    @STU-63 @dsp @normal
    Scenario: A tone is left
      Given Ana is streaming through noise reduction at strength 0.9
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -10 dB
      Then what comes back to Ana is at most 6 dB quieter than what was sent

    @STU-63 @dsp @strict @normal
    Scenario: No strength leaves noise as it is
      Given Ana is streaming through noise reduction at strength 0
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is 0 dB louder than what was sent, give or take 0.5 dB

    @STU-63 @STU-18 @dsp @strict @normal
    Scenario: What is noise to one is not known to another
      Given Ana and Bruno are streaming through spectral denoising
      And Bruno has sent 300 ms of a 440 Hz tone with peaks at -50 dB
      And Ana has sent 2 seconds of white noise at -20 dB
      When Bruno sends 300 ms of a 440 Hz tone with peaks at -50 dB
      Then what comes back to Bruno is as loud as at first, give or take 0.2 dB

  Rule: Compression lowers what is loud and leaves what is quiet

    @STU-64 @dsp @critical
    Scenario: What is below the threshold stays
      Given Ana is streaming through compression above -20 dB at 4 to 1
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -30 dB
      Then what comes back to Ana is 0 dB louder than what was sent, give or take 0.5 dB

    @STU-64 @dsp @normal
    Scenario: What stays is no other sound
      Given Ana is streaming through compression above -20 dB at 4 to 1
      When Ana sends 2 seconds of a 445 Hz tone with peaks at -30 dB
      Then what comes back to Ana is a 445 Hz tone, and all else in it at least 30 dB below

    @STU-64 @dsp @critical
    Scenario: What is above it is lowered
      Given Ana is streaming through compression above -20 dB at 4 to 1
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -8 dB
      Then what comes back to Ana is 4 dB to 12 dB quieter than what was sent

    @STU-64 @dsp @normal
    Scenario Outline: <peak> are lowered no less than <softer>
      Given Ana is streaming through compression above -20 dB at 4 to 1
      And Ana has sent 2 seconds of a 440 Hz tone with peaks at <softer>
      When Ana sends 2 seconds of a 440 Hz tone with peaks at <peak>
      Then what comes back to Ana has lost no less than what came back before

      Examples:
        | softer | peak   |
        | -18 dB | -12 dB |
        | -12 dB | -6 dB  |
        | -6 dB  | 0 dB   |

  Rule: The limiter lets nothing above its threshold

    @STU-65 @dsp @strict @critical
    Scenario Outline: The limiter lets no sample of <sound> above -6 dB
      Given Ana is streaming through a limiter at -6 dB
      When Ana sends 2 seconds of <sound>
      Then what comes back to Ana has no sample above -5.9 dB
      And what comes back to Ana is as long as what was sent

      Examples:
        | sound                              |
        | a 440 Hz tone                      |
        | white noise at -14 dB              |
        | silence with a click at 0 dB in it |

    @STU-65 @dsp @strict @critical
    Scenario: What is below the threshold is made no louder
      Given Ana is streaming through a limiter at -6 dB
      When Ana sends 2 seconds of a 440 Hz tone with peaks at -30 dB
      Then what comes back to Ana is 0 dB louder than what was sent, give or take 0.5 dB

  Rule: Automatic gain brings every level towards its target

    @STU-66 @dsp @critical
    Scenario Outline: A tone at <level> comes to <reached>
      Given Ana is streaming through automatic gain to -18 dB by at most 12 dB
      When Ana sends 2 seconds of a 440 Hz tone at <level>
      Then what comes back to Ana has a level of <reached>, give or take <tolerance>

      Examples: As far as it may
        | level  | reached | tolerance |
        | -33 dB | -21 dB  | 1 dB      |
        | -21 dB | -18 dB  | 1.5 dB    |
        | -6 dB  | -18 dB  | 2 dB      |

  Rule: The voice filter takes what is above the voice

    @STU-67 @dsp @critical
    Scenario: What is far above the roll-off is gone
      Given Ana is streaming through a voice filter that rolls off at 3000 Hz
      When Ana sends 2 seconds of a 6000 Hz tone with peaks at -10 dB
      Then what comes back to Ana is at least 12 dB quieter than what was sent

    @STU-67 @dsp @normal
    Scenario Outline: A voice of <hz> Hz is left
      Given Ana is streaming through a voice filter that rolls off at 3000 Hz
      When Ana sends 2 seconds of a <hz> Hz tone with peaks at -10 dB
      Then what comes back to Ana is 0 dB louder than what was sent, give or take 1.5 dB

      Examples:
        | hz   |
        | 440  |
        | 1000 |

  Rule: Voice enhancement lifts the band that it is asked to lift

    @STU-68 @dsp @critical
    Scenario Outline: A voice gains <gain> at <hz> Hz by <part>
      Given Ana is streaming through voice enhancement by <part>
      When Ana sends 2 seconds of a <hz> Hz tone with peaks at -12 dB
      Then what comes back to Ana is <gain> louder than what was sent, give or take <tolerance>

      Examples: Where it is
        | part       | hz   | gain   | tolerance |
        | presence   | 3000 | 6 dB   | 1 dB      |
        | warmth     | 200  | 6 dB   | 1 dB      |
        | brightness | 6000 | 5.5 dB | 1.5 dB    |

      Examples: Where it is not
        | part       | hz   | gain   | tolerance |
        | presence   | 200  | 0 dB   | 0.5 dB    |
        | warmth     | 3000 | 0 dB   | 0.5 dB    |

  Rule: The equalizer lifts the band that it is asked to lift

    @STU-69 @dsp @critical
    Scenario: A band gains over another
      Given Ana is streaming through an equalizer with 6 dB at 1000 Hz
      When Ana sends 2 seconds of two tones with peaks at -20 dB and -20 dB, of 100 Hz and 1000 Hz
      Then what comes back to Ana has gained at least 4 dB at 1000 Hz over 100 Hz

    @STU-69 @dsp @strict @normal
    Scenario: A band gains what was asked for
      Given Ana is streaming through an equalizer with 6 dB at 1000 Hz
      When Ana sends 2 seconds of two tones with peaks at -20 dB and -20 dB, of 100 Hz and 1000 Hz
      Then what comes back to Ana has gained 6 dB at 1000 Hz, give or take 1 dB

  Rule: Conventional denoising removes clicks

    @STU-70 @dsp @critical
    Scenario: At half the strength half of a click is left
      Given Ana is streaming through conventional denoising at strength 0.5
      When Ana sends 2 seconds of silence with a click at -1.94 dB in it
      Then what comes back to Ana has its largest sample at -8 dB, give or take 1.1 dB

    @STU-70 @dsp @critical
    Scenario: At full strength none of it is left
      Given Ana is streaming through conventional denoising at strength 1
      When Ana sends 2 seconds of silence with a click at -1.94 dB in it
      Then what comes back to Ana has no sample above -26 dB
      And what comes back to Ana is as long as what was sent

  Rule: What is switched off changes nothing, and silence stays silence

    @STU-71 @dsp @critical
    Scenario Outline: Switched off, <stage> is not heard
      Given Ana is streaming through <stage>, switched off with 6 dB more before and behind it
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is what was sent, sample by sample

      Examples:
        | stage                                   |
        | voice detection                         |
        | a voice filter                          |
        | noise reduction                         |
        | voice enhancement                       |
        | an equalizer with 6 dB at 1000 Hz       |
        | spectral denoising                      |
        | conventional denoising at strength 1    |
        | loudness normalisation                  |
        | automatic gain                          |
        | compression above -40 dB at 4 to 1      |
        | a limiter at -40 dB                     |

    @STU-71 @dsp @strict @normal
    Scenario: Switched off behind a stage that works, a limiter is not heard
      Given Ana is streaming through voice detection, then a limiter at -40 dB that is switched off
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is what was sent, sample by sample

    @STU-72 @dsp @critical
    Scenario: Silence stays silence through all eleven stages
      Given Ana is streaming through all eleven stages
      When Ana sends 2 seconds of silence
      Then what comes back to Ana is silence, as long as what was sent

  Rule: Stages work in the order in which they are connected

    @STU-73 @dsp @strict @critical
    Scenario: What is lifted behind the limiter exceeds it
      Given Ana is streaming through a limiter at -6 dB, then an equalizer with 12 dB at 1000 Hz
      When Ana sends 2 seconds of a 1000 Hz tone with peaks at -6 dB
      Then what comes back to Ana has samples above -5 dB

    @STU-73 @dsp @strict @critical
    Scenario: What is lifted before the limiter does not
      Given Ana is streaming through an equalizer with 12 dB at 1000 Hz, then a limiter at -6 dB
      When Ana sends 2 seconds of a 1000 Hz tone with peaks at -6 dB
      Then what comes back to Ana has no sample above -5.9 dB

    @STU-73 @dsp @strict @normal
    Scenario: The order in which stages are named does not matter
      Given Ana is streaming through an equalizer with 12 dB at 1000 Hz, declared behind a limiter at -6 dB that it leads to
      When Ana sends 2 seconds of a 1000 Hz tone with peaks at -6 dB
      Then what comes back to Ana has no sample above -5.9 dB

  Rule: Values out of range act as the nearest that is allowed, and parameters have other names

    @STU-129 @dsp @strict @normal
    Scenario Outline: At the start, <stage> acts as <allowed>
      Given Ana is streaming through <allowed>
      And Ana has sent 2 seconds of <sound>
      And Ana is streaming through <stage>
      When Ana sends 2 seconds of <sound>
      Then what comes back to Ana is 0 dB louder than before, give or take 0.1 dB

      Examples: The nearest that is allowed
        | stage                                        | allowed                                      | sound                                  |
        | noise reduction at strength 2.5              | noise reduction at strength 1                | white noise at -30 dB                  |
        | compression above -90 dB at 99 to 1          | compression above -40 dB at 20 to 1          | a 440 Hz tone with peaks at -10 dB     |

      Examples: Other names
        | stage                                        | allowed                                      | sound                                  |
        | a voice filter by its other name, that rolls off at 3000 Hz | a voice filter that rolls off at 3000 Hz | a 6000 Hz tone with peaks at -10 dB |
        | noise reduction by the page's names, at strength 0.9 and for steady noise alone | noise reduction at strength 0.9 and for steady noise alone | white noise at -30 dB |

    @STU-129 @dsp @strict @normal
    Scenario: While it runs, a value out of range acts as the nearest that is allowed
      Given Ana is streaming through noise reduction at strength 1
      And Ana has sent 2 seconds of white noise at -30 dB
      And Ana has set the strength of noise reduction to 2.5
      When Ana sends 2 seconds of white noise at -30 dB
      Then what comes back to Ana is 0 dB louder than before, give or take 0.1 dB

    @STU-129 @dsp @strict @normal
    Scenario: In a file, a value out of range acts as the nearest that is allowed
      Given Ana has had 2 seconds of white noise at -30 dB processed by noise reduction at strength 1
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction at strength 2.5
      Then the sound that Ana gets is as loud as what came before, give or take 0.1 dB
