@archive @phase1
Feature: Many at once

  However many work on the archive at the same moment, nobody's work is lost, doubled or mixed up.

  Rule: Who works on different recordings is in nobody's way

    @ARC-153 @critical
    Scenario: Twenty recordings registered by ten people at once are twenty recordings
      When 10 archivists try 20 times together to register one more recording
      Then all of the attempts are granted
      And each recording is listed, once
      And nothing else is kept

    @ARC-154 @needs-own-service @critical
    Scenario: Fifteen people who list the recordings at once see the same
      Given a service that nobody else uses
      And Ana has registered 10 recordings
      When 15 archivists try 30 times together to list the recordings
      Then all of the attempts are granted
      And all of them are told the same

    @ARC-155 @critical
    Scenario: Fifteen people who look at one recording at once see the same
      Given Ana has registered the council meeting
      When 15 archivists try 20 times together to look at the council meeting
      Then all of the attempts are granted
      And all of them are told the same

    @ARC-155 @ARC-158 @critical
    Scenario: Ten recordings changed by eight people at once have all changed
      Given Ana has registered 10 recordings
      When 8 archivists try 10 times together to describe the next recording anew
      Then all of the attempts are granted
      And each recording is as it was changed last

  Rule: Who works on one recording at once does not mix it up

    @ARC-156 @critical
    Scenario: A recording that five people describe at once is as one of them wanted it
      Given Ana has registered the council meeting
      When 5 archivists try 5 times together to describe the council meeting anew
      Then at least 1 of the attempts is granted
      And the council meeting is as one of them wanted it

    @ARC-156 @ARC-35 @critical
    Scenario: No change is lost when twenty people make one at once
      Given Ana has registered the council meeting
      When 20 archivists try 20 times together to describe the council meeting anew
      Then at least 1 of the attempts is granted
      And the council meeting has a version for each change

    @ARC-156 @critical
    Scenario: Who changes the state loses it to nobody who changes the title
      Given Ana has registered the council meeting
      When Ana tries to mark the council meeting as processing while 10 archivists try to describe the council meeting anew
      Then at least 1 of the attempts is granted
      And Ana was granted it
      And the council meeting is processing

    @ARC-157 @critical
    Scenario: Of twenty people who change the same version, one does
      Given Ana has registered the council meeting
      When 20 archivists try 20 times together to describe the council meeting anew, as they have known it from the beginning
      Then 1 of the attempts is granted
      And 19 of the attempts are refused because somebody else has changed it
      And the council meeting is as one of them wanted it

    @ARC-159 @critical
    Scenario: A recording that is deleted while others change it stays deleted
      Given Ana has registered the council meeting
      When Ana tries to delete the council meeting while 10 archivists try to describe the council meeting anew
      Then all of the attempts are granted, or refused because there is no such recording
      And the council meeting is gone

    @ARC-160 @critical
    Scenario: Five people who have one recording transcribed at once share a job
      Given Ana has registered the council meeting
      And Ana has uploaded "Thank you all for coming." for the council meeting
      When 5 archivists try 5 times together to ask for the council meeting to be transcribed
      Then all of the attempts are granted
      And the council meeting has one job
