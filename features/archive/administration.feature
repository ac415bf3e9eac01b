@archive @phase2
Feature: Looking after the archive

  Administrators see how the archive is run, start its tasks, and look after its users.

  Background:
    Given Ana is an administrator of the archive

  Rule: Figures add up, and are the same everywhere

    @ARC-55 @ARC-136 @needs-own-service @critical
    Scenario: What administrators see adds up
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      When Ana has the council meeting transcribed
      Then Ana finds figures that add up

    @ARC-55 @needs-own-service @normal
    Scenario: An archive without jobs has no figures but nothing
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      When Ana looks at the queue
      Then Ana finds figures that add up
      And Ana finds all to be healthy

    @ARC-136 @needs-own-service @critical
    Scenario: A job that failed is seen
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has registered the council meeting
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because there is no sound
      And Ana finds all to be degraded

    @ARC-142 @needs-own-service @critical
    Scenario Outline: A page shows the same: <page>
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      When Ana has the council meeting transcribed
      Then Ana finds the same on the page of <page>

      Examples:
        | page                    |
        | how the archive is run  |
        | what is going on        |

  Rule: Tasks do what they say

    @ARC-137 @ARC-144 @needs-own-service @critical
    Scenario: What is new is transcribed
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      When Ana has the archive transcribe what is new
      Then Ana learns that a task was started
      And the council meeting has a job that nobody asked for

    @ARC-137 @normal
    Scenario: A task that nobody knows is refused by its name
      When Ana tries to have the archive do nothing that is known
      Then Ana is refused because there is no such task

    @ARC-144 @needs-files @needs-own-service @critical
    Scenario: A recording whose captions are gone is named
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      And the captions of the council meeting have been lost
      When Ana has the archive look for missing captions
      Then Ana finds the council meeting among those without captions

    @ARC-144 @needs-files @needs-settings @critical
    Scenario: Files that belong to nothing are tidied up, and no others
      Given a service that keeps failed jobs and stray files for half a second
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And a file has been left that belongs to nothing
      And 1.2 seconds have passed
      When Ana has the archive tidy up the files
      Then the file that belongs to nothing is gone
      And Bruno can ask for the council meeting to be transcribed

    @ARC-138 @ARC-54 @needs-settings @critical
    Scenario: What failed long ago is put away
      Given a service that keeps failed jobs and stray files for half a second
      And Ana has registered the council meeting
      And Ana has archived and transcribed the school concert, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      And the job of the council meeting has failed
      And 1.2 seconds have passed
      When Ana clears the queue
      Then Ana learns that 1 were put away

    @ARC-138 @ARC-54 @needs-own-service @normal
    Scenario: What has just failed stays
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has registered the council meeting
      And Ana has asked for the council meeting to be transcribed
      And the job of the council meeting has failed
      When Ana clears the queue
      Then Ana learns that 0 were put away
      And the council meeting has one job

  Rule: Who did what can be read

    @ARC-139 @normal
    Scenario: Sign-ins, sign-outs and tasks are written down, and no secret
      Given Lena is a user of the archive
      And Lena has signed in to the archive
      And Lena has signed out of the archive
      When Ana has the archive look for missing captions
      Then Ana finds a sign-in in who did what
      And Ana finds a sign-out in who did what
      And Ana finds the task in who did what
      And Ana finds no secret in who did what

    @ARC-139 @normal
    Scenario: A sign-in that failed is written down
      Given Mallory is a user of the archive
      When Mallory tries to sign in to the archive with another password
      Then Mallory is refused because name or password is wrong
      And Ana finds a sign-in that failed in who did what

  Rule: Users are looked after

    @ARC-143 @critical
    Scenario: Users are shown without what they sign in with
      When Ana looks at the queue
      Then Ana finds who uses the archive, and no secret

    @ARC-143 @critical
    Scenario: Who is made an administrator is one from the next request on
      Given Lena has signed up to the archive
      And Lena has signed in to the archive
      When Ana makes Lena an administrator
      Then Lena can see how the archive is run

    @ARC-143 @critical
    Scenario: Who is deleted is out at once
      Given Lena has signed up to the archive
      And Lena has signed in to the archive
      When Ana deletes Lena from the archive
      Then Lena can no longer see what is for users, because that opens nothing

    @ARC-143 @needs-own-service @critical
    Scenario Outline: The last administrator stays one: to <do>
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      When Ana tries to <do>
      Then Ana is refused because the last administrator stays

      Examples:
        | do                                |
        | make a mere user of themselves    |
        | delete themselves from the archive |
