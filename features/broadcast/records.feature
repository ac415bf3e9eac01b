@broadcast
Feature: What is kept on record

  Sessions, their speakers and their listeners are kept on record, so that the service can be asked, restarted and cleaned up.

  Rule: A session is on record from its beginning

    @BRO-2.1.1 @BRO-2.1.2 @critical @needs-table
    Scenario: A new session is recorded with its speaker
      When Ana starts a broadcast in English
      Then the session of Ana is recorded as active with 0 listeners
      And the session of Ana is recorded with its speaker and the speaker's connection
      And the session of Ana is recorded with English as its language and standard quality

    @BRO-2.1.5 @normal @needs-table
    Scenario: A new broadcast is recorded as ready to be heard
      When Ana starts a broadcast in English
      Then the session of Ana is recorded as active, not paused, not muted and at 100% volume

    @BRO-2.1.4 @normal @needs-table
    Scenario: What a speaker does not choose is recorded as usual
      When Ana starts a broadcast in English
      Then the session of Ana is recorded with provisional results, a stability of 0.85 and 5 seconds of patience

    @BRO-2.1.7 @minor @needs-table
    Scenario: The time of opening is recorded to the millisecond
      Given Ana is broadcasting in English
      When Bruno starts a broadcast in English
      Then the sessions of Ana and Bruno are recorded as opened at the time they were told, to the millisecond

    @BRO-2.1.3 @normal @needs-table
    Scenario: A session expires two hours after it was opened
      When Ana starts a broadcast in English
      Then the record of Ana's session expires 2 hours after its opening

    @BRO-1.2.9 @normal @needs-table
    Scenario: No record stays for ever
      When Ana starts a broadcast in English
      Then sessions, connections, rate counts and stored translations disappear by themselves when they expire

  Rule: A connection is on record as long as it lasts

    @BRO-2.2.1 @critical @needs-table
    Scenario: A speaker's connection is recorded
      When Ana starts a broadcast in English
      Then the connection of Ana is recorded as the speaker's in the session of Ana, since it was opened

    @BRO-2.2.2 @critical @needs-table
    Scenario: A listener's connection is recorded
      Given Ana is broadcasting in English
      When Lena joins in Spanish
      Then the connection of Lena is recorded as a listener's in the session of Ana, since it was opened
      And Lena is recorded as a listener in Spanish

    @BRO-2.2.4 @normal @needs-table
    Scenario: The record of a connection expires one hour after the connection has to end
      Given Ana is broadcasting in English
      When Lena joins in Spanish
      Then the records of Ana's and Lena's connections expire 3 hours after their opening

    @BRO-2.2.3 @normal @needs-table
    Scenario: The time when somebody was heard of is recorded
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has sent a heartbeat
      When Ana says "Thank you all for coming."
      Then Ana and Lena are recorded as heard of since connecting

    @BRO-2.2.3 @minor @needs-table
    Scenario: Somebody is heard of even when asking for what is refused
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Lena tries to pause the broadcast
      Then Lena is refused because only the speaker may do that
      And Lena is recorded as heard of since connecting

    @BRO-2.2.5 @normal @needs-table
    Scenario: The lookup of a session lists its listeners and not its speaker
      Given Ana is broadcasting in English
      When Lena joins in Spanish
      Then the lookup of Ana's session lists Lena alone

    @BRO-1.2.10 @critical @needs-table
    Scenario: When a session ends, nobody of it stays on record
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana ends the session
      Then Ana, Lena and Amina are no longer on record

  Rule: Everybody is counted once, however many come and go

    @BRO-2.5.10 @critical @needs-table
    Scenario: Twelve people who join at the same moment are all counted
      Given Ana is broadcasting in English
      When 12 people join in Spanish at the same moment
      Then the session of Ana is recorded as active with 12 listeners
      And the lookup of Ana's session lists 12 listeners in Spanish

    @BRO-2.5.10 @REQ-11.2 @normal
    Scenario: The speaker is told of all twelve who join at the same moment
      Given Ana is broadcasting in English
      And Lena listens in French
      When 12 people join in Spanish at the same moment
      Then Ana finds within 5 seconds that 13 people listen: 12 in Spanish and 1 in French

    @BRO-2.5.10 @normal @needs-table
    Scenario: Twelve people who leave at the same moment are no longer counted
      Given Ana is broadcasting in English
      And Lena listens in French
      And 12 people listen in Spanish
      When 12 of them leave at the same moment
      Then the session of Ana is recorded as active with 1 listener

    @BRO-2.5.3 @minor @needs-table
    Scenario: The number of listeners never falls below zero
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And the record of Ana's session says that nobody listens
      When Lena leaves
      Then Lena is no longer on record
      And the session of Ana stays recorded with 0 listeners for 0.3 seconds

  Rule: What is not on record has no say

    @REQ-1.2 @critical @needs-table
    Scenario: Audio over a connection that is not on record is refused
      Given Ana is broadcasting in English
      And the record of Ana's connection has been deleted
      When Ana tries to send audio
      Then Ana is refused because the connection is not known

    @REQ-1.4 @critical @needs-table
    Scenario: Audio for a session that is recorded as over is refused, and nobody hears it
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And the record of Ana's session says that it is over
      When Ana tries to say "Thank you all for coming."
      Then each piece of it is refused to Ana because the session is not active
      And Lena hears nothing for 0.5 seconds

    @BRO-2.5.4 @normal @needs-table
    Scenario: A control for a session that is no longer on record is refused
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And the record of Ana's session has been deleted
      When Ana tries to pause the broadcast
      Then Ana is refused because there is no such session

    @BRO-2.5.7 @normal @needs-table
    Scenario: A listener who is not on record cannot change the language
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And the record of Lena's connection has been deleted
      When Lena tries to change their language
      Then Lena is refused because the connection is not known

    @BRO-2.5.6 @normal @needs-table
    Scenario: A session that is recorded as over can still be ended, and everybody is told once
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And the record of Ana's session says that it is over
      When Ana ends the session
      Then Lena and Amina are told exactly once that the session has ended

  Rule: What two do at the same moment does not get mixed up

    @BRO-2.5.1 @BRO-1.3.8 @normal @needs-fault @needs-own-service
    Scenario: A name that is taken is not given to another session
      Given a service that nobody else uses
      And the next 9 names for a session turn out to be taken
      When Ana starts a broadcast in English
      Then Ana is told the name of the session
      And 9 other names were tried before

    @BRO-1.3.8 @minor @needs-fault @needs-own-service
    Scenario: After ten names that were taken, opening a session fails
      Given a service that nobody else uses
      And the next 10 names for a session turn out to be taken
      When Ana tries to start a broadcast in English
      Then Ana is refused because of a fault in the service

    @BRO-2.5.2 @normal @needs-fault @needs-table @needs-own-service
    Scenario: Who joins in the moment in which the session ends is refused and not recorded
      Given a service that nobody else uses
      And Ana is broadcasting in English
      And the session of Ana turns out to be over when the next listener is counted
      When Lena tries to join in Spanish
      Then Lena is refused because the session is over
      And the lookup of Ana's session lists nobody
