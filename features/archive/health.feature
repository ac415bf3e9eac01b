@archive @phase4
Feature: When something fails that the archive stands on

  The archive says what is not well, goes on with what it can, and is well again without anybody's help.

  Rule: The archive says how it is

    @ARC-170 @critical
    Scenario: An archive of which everything works is well
      When Lena asks how the archive is
      Then Lena learns that the archive is well

    @ARC-170 @normal
    Scenario: Whether the archive is there needs nothing else
      When Lena asks whether the archive is there
      Then Lena learns that the archive is there

    @ARC-179 @needs-own-service @critical
    Scenario: Mistakes of others leave the archive well
      Given a service that nobody else uses
      And Mallory has tried 10 times to register a recording without the title
      And Mallory has tried 10 times to register a recording in no text at all
      And Mallory has tried 10 times to look for what no archive offers
      When Lena asks how the archive is
      Then Lena learns that the archive is well
      And Lena can register one more recording

  Rule: Without its database the archive refuses, and loses nothing

    Background:
      Given a service that nobody else uses
      And Ana has registered the council meeting

    @ARC-170 @needs-fault @needs-own-service @critical
    Scenario: Without its database the archive is not well, and the list is refused
      Given its database cannot be reached
      When Lena tries to list the recordings
      Then Lena is refused because the records cannot be reached
      And Lena is answered within 3 seconds
      And the archive is well but for its database within 5 seconds

    @ARC-170 @ARC-171 @needs-fault @needs-own-service @critical
    Scenario: With its database back the archive is well, and has what it had
      Given its database cannot be reached
      And the archive has come to be without its database
      And Ana has tried to register one more recording
      And Ana was refused because the records cannot be reached
      When everything works again
      Then the archive is well within 5 seconds
      And the council meeting is as it was
      And nothing else is kept

    @ARC-178 @needs-fault @needs-own-service @critical
    Scenario: With a database that fails every other time each answer is right, or a refusal
      Given every other call of its database fails
      When 4 archivists try 20 times together to register one more recording
      Then some of the attempts are granted
      And all of the attempts are granted, or refused because the records cannot be reached

    @ARC-178 @needs-fault @needs-own-service @critical
    Scenario: What was granted in spite of that is there, and nothing else
      Given every other call of its database fails
      And Ana has tried 10 times to register one more recording
      When everything works again
      Then each recording is listed, once
      And nothing else is kept

  Rule: What else fails takes nothing with it

    @ARC-172 @needs-fault @needs-own-service @critical
    Scenario Outline: Without <part> the archive goes on, and it comes back by itself
      Given a service that nobody else uses
      And Ana has registered the council meeting
      And <part> cannot be reached
      And the archive has come to be without <part>
      And Ana has registered the school concert
      When everything works again
      Then the archive is well within 5 seconds

      Examples:
        | part                  |
        | its files             |
        | its queue             |
        | its alerts            |
        | its memory            |
        | the broadcast service |

  Rule: Each way in which files fail has a name

    Background:
      Given a service that nobody else uses
      And Ana has archived the council meeting, which holds "Thank you all for coming."

    @ARC-173 @needs-fault @needs-own-service @critical
    Scenario: Without its files captions cannot be had
      Given Ana has had the council meeting transcribed
      And its files cannot be reached
      When Lena tries to download the captions of the council meeting
      Then Lena is refused because the files cannot be reached

    @ARC-173 @needs-fault @needs-own-service @critical
    Scenario: A job waits for the files, and ends well
      Given its files cannot be reached
      And Ana has asked for the council meeting to be transcribed
      And the archive has come to be without its files
      When everything works again
      Then the council meeting's job ends well

    @ARC-174 @needs-fault @needs-own-service @normal
    Scenario: Files that may not be read
      Given its files may not be read
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because the files may not be read

    @ARC-174 @needs-fault @needs-own-service @normal
    Scenario: Files that are full
      Given its files are full
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because the files are full

    @ARC-174 @ARC-16 @needs-own-service @normal
    Scenario: A file of a kind that is no recording
      When Ana tries to register a recording with the path "/archive/minutes.txt"
      Then Ana is refused because the path is missing or makes no sense
