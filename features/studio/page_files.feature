@studio @page
Feature: Files on the page of the studio

  A page has whole files processed by a pipeline, sounds by a single stage, and both measured.

  Rule: A whole file comes back whole

    @STU-120 @STU-98 @strict @critical
    Scenario: A page has a file processed
      When Ana's page has 2 seconds of a 440 Hz tone processed by noise reduction
      Then Ana's page has the whole file and its figures, and showed it from 0 to 100%
      And Ana is answered within 15 seconds

    @STU-98 @STU-120 @critical
    Scenario: What is no sound is told, and the page is not busy any more
      When Ana's page has what is no sound processed by noise reduction
      Then Ana's page shows an error, and has told of it
      And Ana's page is not busy any more

  Rule: A stage can be tried alone

    @STU-121 @normal
    Scenario: A page has a sound processed by one stage
      When Ana's page has 1 second of white noise at -30 dB processed by noise reduction alone
      Then Ana's page has the sound
      And Ana is answered within 5 seconds

    @STU-121 @normal
    Scenario: A stage that nobody knows is told
      When Ana's page has 1 second of white noise at -30 dB processed by a stage that nobody knows
      Then Ana's page shows an error, and has told of it

  Rule: What is uploaded is processed and measured

    @STU-122 @strict @critical
    Scenario: A page has an upload processed, and shows its spectrum and its loudness
      When Ana's page uploads 2 seconds of a 440 Hz tone for noise reduction
      Then Ana's page has asked for the file, its spectrum and its loudness, in this order
      And Ana's page has the whole file and its figures, and showed it from 0 to 100%
      And Ana's page has the spectrum and the loudness that were measured

    @STU-122 @critical
    Scenario: What cannot be processed is measured all the same
      When Ana's page uploads 2 seconds of a 440 Hz tone without a pipeline that makes sense
      Then Ana's page has asked for the file, its spectrum and its loudness, in this order
      And Ana's page shows an error, and has told of it
      And Ana's page has the spectrum and the loudness that were measured
