@archive @phase2
Feature: Signing in to the archive

  Whoever looks after the archive signs in with a name and a password, and is known by a token for an hour.

  Rule: Who has signed in may do what is for them

    @ARC-130 @blocker
    Scenario: A user is given a token, and sees what is for users
      Given Lena is a user of the archive
      When Lena signs in to the archive
      Then Lena learns a token for an hour
      And Lena can see what is for users

    @ARC-130 @ARC-137 @critical
    Scenario Outline: What is for administrators is not for users: to <do>
      Given Lena is a user of the archive
      When Lena tries to <do>
      Then Lena is refused because that is for administrators

      Examples:
        | do                                        |
        | see how the archive is run                |
        | have the archive look for missing captions |
        | clear the queue                           |
        | see who uses the archive                  |
        | see who did what                          |

    @ARC-130 @critical
    Scenario: An administrator sees how the archive is run
      Given Ana is an administrator of the archive
      When Ana signs in to the archive
      Then Ana can see how the archive is run

  Rule: Nobody is let in without good credentials

    @ARC-131 @critical
    Scenario: Whoever does not say who asks is not let in
      Given Mallory is a user of the archive
      When Mallory tries to see what is for users without saying who asks
      Then Mallory is refused because that is for those who are signed in

    @ARC-131 @critical
    Scenario Outline: Nobody is let in with <shown>
      Given Mallory is a user of the archive
      And Mallory has signed in to the archive
      When Mallory tries to see what is for users with <shown>
      Then Mallory is refused because that opens nothing

      Examples:
        | shown                                |
        | a token that is none                 |
        | the token signed by another key      |
        | the token signed with a shared secret |
        | the token signed by nobody           |
        | the token in another manner          |

    @ARC-131 @critical
    Scenario: A user does not become an administrator by saying so
      Given Mallory is a user of the archive
      And Mallory has signed in to the archive
      When Mallory tries to see what is for administrators with the token in which a user is an administrator
      Then Mallory is refused because that opens nothing

    @ARC-131 @ARC-134 @needs-settings @critical
    Scenario: A token opens nothing when its time is over
      Given a service that ends sessions after 1 second
      And Lena is a user of the archive
      And Lena has signed in to the archive
      When Lena keeps trying to see what is for users until refused
      Then Lena is refused because that opens nothing
      And that took 0.5 to 2.5 seconds

    @ARC-132 @critical
    Scenario: A wrong password and a name that nobody has are refused alike
      Given Mallory is a user of the archive
      And Mallory has tried to sign in to the archive with another password
      And Mallory was refused because name or password is wrong
      When Mallory tries to sign in to the archive under a name that nobody has
      Then Mallory is refused because name or password is wrong
      And both attempts of Mallory were refused in the same words

    @ARC-132 @normal
    Scenario: Whoever forgets the password is told so
      Given Lena is a user of the archive
      When Lena tries to sign in to the archive without a password
      Then Lena is refused because the password is missing

    @ARC-141 @needs-fault @needs-own-service @critical
    Scenario: Without its sessions the archive lets nobody in
      Given a service that nobody else uses
      And Lena is a user of the archive
      And Lena has signed in to the archive
      And the sessions of the archive cannot be reached
      When Lena tries to see what is for users
      Then Lena is refused because the records cannot be reached

    @ARC-141 @needs-reference @needs-own-service @critical
    Scenario: A session outlasts a restart of the archive
      Given a service that nobody else uses
      And Lena is a user of the archive
      And Lena has signed in to the archive
      When the archive is started again
      Then Lena can see what is for users

  Rule: A session ends alone

    @ARC-133 @critical
    Scenario: Who signs out ends that session
      Given Lena is a user of the archive
      And Lena has signed in to the archive
      When Lena signs out of the archive
      Then Lena can no longer see what is for users, because that opens nothing

    @ARC-133 @normal
    Scenario: Nobody signs out twice
      Given Lena is a user of the archive
      And Lena has signed out of the archive
      When Lena tries to sign out of the archive
      Then Lena is refused because that opens nothing

    @ARC-133 @critical
    Scenario: Another session of the same user goes on
      Given Lena is a user of the archive
      And Marco is a user of the archive
      And Marco has signed in to the archive
      And Lena has signed in to the archive
      When Lena signs out of the archive
      Then Marco can see what is for users

    @ARC-134 @critical
    Scenario: A session that is renewed leaves no old token
      Given Lena is a user of the archive
      And Lena has signed in to the archive
      When Lena renews the session at the archive
      Then Lena can see what is for users
      And Lena can no longer see what is for users with the token of before, because that opens nothing

  Rule: Anybody can sign up

    @ARC-135 @critical
    Scenario: Who has signed up can sign in
      When Lena signs up to the archive
      Then Lena can sign in to the archive

    @ARC-135 @critical
    Scenario: A name that is taken is not taken again
      Given Lena has signed up to the archive
      When Mallory tries to sign up to the archive as Lena
      Then Mallory is refused because the name is taken
      And Lena can sign in to the archive

    @ARC-135 @needs-table @critical
    Scenario: No password is kept as it is
      When Lena signs up to the archive
      Then what is kept of Lena holds no password

  Rule: Where requests are limited, one too many is refused

    @ARC-140 @needs-settings @critical
    Scenario: The sixth request is refused
      Given a service that takes 5 requests in 5 seconds
      When Lena tries 6 times to list the recordings
      Then the first 5 of the attempts are granted

    @ARC-140 @needs-settings @critical
    Scenario: Who was refused is taken again later
      Given a service that takes 5 requests in 5 seconds
      And Lena has tried 6 times to list the recordings
      When Lena keeps trying to list the recordings until granted it
      Then that took 0.1 to 5.5 seconds

    @ARC-140 @needs-settings @normal
    Scenario: Whoever is refused is told when to come back
      Given a service that takes 5 requests in 5 seconds
      And Lena has tried 5 times to list the recordings
      When Lena tries to list the recordings
      Then Lena is refused because there were too many requests
      And Lena learns when to come back

  Rule: Where the archive is for users only, nobody else sees anything

    @ARC-131 @ARC-142 @needs-settings @critical
    Scenario: A stranger does not see recordings
      Given a service that is for users only
      When Mallory tries to list the recordings
      Then Mallory is refused because that is for those who are signed in
