@studio
Feature: Processing whole files

  An engineer has a file processed by a pipeline, and gets a file back, with figures about it.

  Rule: A file comes back processed, in its own form

    @STU-49 @STU-50 @strict @blocker
    Scenario: A file comes back with figures about it
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction at strength 0.7, then loudness normalisation to -23 LUFS
      Then the sound that Ana gets keeps rate, channels and length
      And what Ana is told of the sound are figures of its quality
      And Ana is answered within 15 seconds

    @STU-51 @strict @dsp @critical
    Scenario Outline: <sound> is brought to a loudness
      When Ana has <sound> processed by loudness normalisation to -23 LUFS
      Then the sound that Ana gets has a loudness of -23 LUFS, give or take 1 LU
      And what Ana is told of the sound are its true level and loudness

      Examples:
        | sound                                                                          |
        | 2 seconds of white noise at -30 dB                                             |
        | 3 seconds of a 997 Hz tone at -30 dB                                           |
        | a mono file at 44100 Hz with 3 seconds of a 997 Hz tone with peaks at -10 dB   |

    @STU-51 @strict @dsp @normal
    Scenario: A file has the loudness in its figures
      When Ana has 2 seconds of white noise at -30 dB processed by a limiter at -6 dB
      Then what Ana is told of the sound are its true level and loudness

    @STU-52 @strict @critical
    Scenario: Audio can be sent as text
      When Ana has 2 seconds of white noise at -30 dB as text processed by input and output only
      Then the sound that Ana gets keeps rate, channels and length
      And the sound that Ana gets is what was sent, sample by sample

    @STU-123 @strict @critical
    Scenario Outline: A <channels> file at <rate> Hz keeps its form
      When Ana has a <channels> file at <rate> Hz with 2 seconds of a 440 Hz tone with peaks at -12 dB processed by <pipeline>
      Then the sound that Ana gets keeps rate, channels and length

      Examples:
        | channels | rate  | pipeline                       |
        | stereo   | 44100 | noise reduction, then a limiter |
        | mono     | 8000  | noise reduction, then a limiter |
        | stereo   | 48000 | all eleven stages              |

    @STU-123 @strict @normal
    Scenario: The channels of a file stay apart
      When Ana has a stereo file at 44100 Hz with 2 seconds of a 440 Hz tone with peaks at -12 dB processed by input and output only
      Then the sound that Ana gets is what was sent, sample by sample

    @STU-124 @strict @normal
    Scenario: A file can be had as bare samples
      Given Ana has had 2 seconds of a 440 Hz tone processed by a limiter at -6 dB
      When Ana has 2 seconds of a 440 Hz tone processed by a limiter at -6 dB into bare samples
      Then the sound that Ana gets has the samples of what came before

    @STU-65 @strict @dsp @normal
    Scenario: The limiter lets no sample of a file above -6 dB
      When Ana has 2 seconds of a 440 Hz tone processed by a limiter at -6 dB
      Then the sound that Ana gets has no sample above -5.9 dB

  Rule: Each stage is timed

    @STU-55 @strict @critical
    Scenario Outline: The stages of <pipeline> are timed
      When Ana has 2 seconds of white noise at -30 dB processed by <pipeline>
      Then what Ana is told of the sound are the times of the stages that are switched on

      Examples:
        | pipeline                                                 |
        | noise reduction, then loudness normalisation to -23 LUFS |
        | noise reduction, then a limiter at -6 dB that is switched off |
        | all eleven stages                                        |

    @STU-119 @strict @needs-fault @critical
    Scenario: A delay shows at the stage that it is in
      Given noise reduction takes 0.2 seconds longer for the files of Ana
      When Ana has 2 seconds of white noise at -30 dB processed by noise reduction, then a limiter at -6 dB
      Then what Ana is told of the sound is that noise reduction alone took at least 200 ms

  Rule: What cannot be processed is answered with a reason

    @STU-53 @critical
    Scenario: Nothing cannot be processed
      When Ana tries to have nothing processed
      Then Ana is refused because there is no audio to process

    @STU-53 @critical
    Scenario Outline: A tone is not processed <flaw>
      When Ana tries to have a tone processed <flaw>
      Then Ana is refused because the pipeline is missing or makes no sense

      Examples:
        | flaw                        |
        | without saying how          |
        | by what is no pipeline      |
        | by a pipeline without a name |

    @STU-126 @strict @normal
    Scenario Outline: No sound is processed <flaw>
      When Ana tries to have a tone processed <flaw>
      Then Ana is refused because <reason>

      Examples:
        | flaw                                     | reason                                 |
        | by stages that are connected in a circle | its connections run in a circle        |
        | by stages one of which leads nowhere     | a connection leads to an unknown stage |

    @STU-54 @critical
    Scenario Outline: No sound comes of <file>
      When Ana tries to have <file> processed
      Then Ana is refused because the file cannot be processed

      Examples:
        | file                                            |
        | a text                                          |
        | a file whose header is broken                   |

    @STU-54 @strict @normal
    Scenario Outline: No sound comes of <file>, which some make do with
      When Ana tries to have <file> processed
      Then Ana is refused because the file cannot be processed

      Examples:
        | file                                            |
        | a file whose header promises more than there is |
        | a file whose header does not add up             |

    @STU-124 @strict @normal
    Scenario Outline: A format that is not supported is named: <attempt>
      When Ana tries to <attempt>
      Then Ana is refused because <reason>

      Examples:
        | attempt                          | reason                |
        | have an MP3 file processed       | MP3 is not supported  |
        | have a FLAC file processed       | FLAC is not supported |
        | have a tone processed into MP3   | MP3 is not supported  |
        | have a tone processed into FLAC  | FLAC is not supported |
