@broadcast
Feature: Knowing the audience

  A speaker can ask at any time who is listening, and is told of it at intervals and when it changes much.

  Rule: A speaker may ask for the status

    @REQ-11.3 @REQ-11.4 @blocker
    Scenario: Listeners are counted by language
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in Spanish
      And Marco listens in French
      When Ana asks for the status
      Then Ana finds within 2 seconds that 3 people listen: 2 in Spanish and 1 in French

    @REQ-11.3 @critical
    Scenario: Nobody listens yet
      Given Ana is broadcasting in English
      When Ana asks for the status
      Then Ana is told that nobody listens

    @REQ-11.3 @critical
    Scenario: Only the speaker's own listeners are counted
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Yuki listens to Bruno in French
      When Ana asks for the status
      Then Ana finds within 2 seconds that 1 person listens: 1 in Spanish

    @REQ-11.4 @critical
    Scenario: The status shows the state of the broadcast
      Given Ana is broadcasting in English
      And Ana has changed the state to paused, muted and at 40% volume
      When Ana asks for the status
      Then Ana is shown a broadcast that is active, paused, muted and at 40% volume
      And Ana is told at which moment the status was made

    @REQ-11.2 @REQ-11.3 @REQ-11.5 @critical
    Scenario: A large audience is counted at once
      Given Ana is broadcasting in English
      And 9 people listen in Spanish
      And 8 people listen in French
      And 6 people listen in Japanese
      When Ana asks for the status
      Then Ana finds within 2 seconds that 23 people listen: 9 in Spanish, 8 in French and 6 in Japanese
      And Ana has the answer within 500 ms

    @REQ-11.2 @normal
    Scenario: In an audience of more than a hundred everybody is counted
      Given Ana is broadcasting in English
      And 110 people listen in Spanish
      When Ana asks for the status
      Then Ana finds within 2 seconds that 110 people listen: 110 in Spanish

    @REQ-11.1 @REQ-11.4 @normal @needs-table
    Scenario: The age of the session is counted in seconds from its recorded beginning
      Given Ana is broadcasting in English
      And the record of Ana's session says that it began 30 minutes ago
      When Ana asks for the status
      Then Ana is told that the session began 30 minutes ago, give or take 1 second

    @REQ-11.1 @normal @needs-table
    Scenario: The status shows what is on record at that moment
      Given Ana is broadcasting in English
      And Ana has asked for the status
      And the record of Ana's session says that the broadcast is at 70% volume
      When Ana asks for the status
      Then Ana is shown a broadcast that is active, not paused, not muted and at 70% volume

    @BRO-7.3.7 @normal
    Scenario: A listener who joins shows in the status
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Amina joins in French
      Then Ana finds within 2 seconds that 2 people listen: 1 in Spanish and 1 in French

    @BRO-7.3.7 @normal
    Scenario: A listener who leaves shows in the status
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Lena leaves
      Then Ana finds within 2 seconds that 1 person listens: 1 in French

  Rule: A speaker is told at once when somebody listens in a new language

    @REQ-12.3 @REQ-12.4 @critical
    Scenario: The first listener of all
      Given Ana is broadcasting in English
      When Lena joins in Spanish
      Then Ana is told the status because somebody listens in a new language
      And Ana is told that 1 person listens: 1 in Spanish
      And Ana is told at which moment the status was made
      And Ana is told nothing else for 0.3 seconds

    @REQ-12.3 @critical
    Scenario: A further language in a large audience
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      And Ana has found within 2 seconds that 20 people listen: 20 in Spanish
      And Ana has been told nothing new for 0.3 seconds
      When Lena joins in French
      Then Ana is told the status because somebody listens in a new language
      And Ana is told that 21 people listen: 20 in Spanish and 1 in French
      And Ana is told nothing else for 0.3 seconds

    @REQ-12.3 @critical
    Scenario: A listener changes to a new language
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has been told that 1 person is listening
      When Lena changes to German
      Then Ana is told the status because somebody listens in a new language
      And Ana is told that 1 person listens: 1 in German

    @REQ-12.3 @normal
    Scenario: A listener changes to a language that others listen in
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Ana has been told that 2 people are listening
      When Lena changes to French
      Then Ana is told nothing for 0.3 seconds

  Rule: A speaker is told at once when the audience changes by more than 10%

    @REQ-12.2 @REQ-12.4 @critical
    Scenario: The second listener doubles the audience
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has been told that 1 person is listening
      When Amina joins in Spanish
      Then Ana is told the status because the number of listeners changed
      And Ana is told that 2 people listen: 2 in Spanish
      And Ana is told at which moment the status was made
      And Ana is told nothing else for 0.3 seconds

    @REQ-12.2 @critical
    Scenario: The last listener leaves
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has been told that 1 person is listening
      When Lena leaves
      Then Ana is told the status because the number of listeners changed
      And Ana is told that nobody listens

    @REQ-12.2 @normal
    Scenario: Any listener counts when nobody was left
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Lena has left
      And Ana has been told that 0 people are listening
      When Amina joins in Spanish
      Then Ana is told the status because the number of listeners changed
      And Ana is told that 1 person listens: 1 in Spanish

    @REQ-12.2 @critical
    Scenario: An audience that grows by exactly 10% is not worth a message
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      And Ana has found within 2 seconds that 20 people listen: 20 in Spanish
      And Ana has been told nothing new for 0.3 seconds
      When 2 more people join in Spanish
      Then Ana is told nothing for 0.3 seconds

    @REQ-12.2 @critical
    Scenario: An audience that grows by more than 10% is told
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      And Ana has found within 2 seconds that 20 people listen: 20 in Spanish
      And Ana has been told nothing new for 0.3 seconds
      When 3 more people join in Spanish
      Then Ana is told the status because the number of listeners changed
      And Ana is told that 23 people listen: 23 in Spanish
      And Ana is told nothing else for 0.3 seconds

    @REQ-12.2 @normal
    Scenario: The 10% count from what the speaker was last told
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      And Ana has found within 2 seconds that 20 people listen: 20 in Spanish
      And Ana has been told nothing new for 0.3 seconds
      And 2 more people have joined in Spanish
      And Ana has found within 2 seconds that 22 people listen: 22 in Spanish
      When 1 more person joins in Spanish
      Then Ana is told nothing for 0.3 seconds

    @REQ-12.2 @critical
    Scenario: An audience that shrinks by exactly 10% is not worth a message
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      And Ana has found within 2 seconds that 20 people listen: 20 in Spanish
      And Ana has been told nothing new for 0.3 seconds
      When 2 of them leave
      Then Ana is told nothing for 0.3 seconds

    @REQ-12.2 @critical
    Scenario: An audience that shrinks by more than 10% is told
      Given Ana is broadcasting in English
      And 20 people listen in Spanish
      And Ana has found within 2 seconds that 20 people listen: 20 in Spanish
      And Ana has been told nothing new for 0.3 seconds
      When 3 of them leave
      Then Ana is told the status because the number of listeners changed
      And Ana is told that 17 people listen: 17 in Spanish

  Rule: A speaker is told the status at regular intervals without asking

    @REQ-12.1 @REQ-12.4 @critical @needs-settings
    Scenario: The status comes at regular intervals
      Given a service that tells speakers the status every second
      When Ana starts a broadcast in English
      Then Ana is told the regular status 1 second after the start, give or take 0.4 seconds
      And Ana is told the regular status 1 second after the last regular one, give or take 0.4 seconds
      And Ana is told that nobody listens
      And Ana is told that the session began 2 seconds ago, give or take 1 second
      And Ana is told at which moment the status was made

    @REQ-12.5 @normal @needs-settings
    Scenario: After an answer it takes one full interval until the next regular status
      Given a service that tells speakers the status every second
      And Ana is broadcasting in English
      And Ana has been told nothing for 0.6 seconds
      When Ana asks for the status
      Then Ana is told the regular status 1 second after the answer, give or take 0.4 seconds

    @REQ-12.5 @normal @needs-settings
    Scenario: A status for another reason leaves the intervals as they are
      Given a service that tells speakers the status every second
      And Ana is broadcasting in English
      And Ana has been told nothing for 0.6 seconds
      When Lena joins in Spanish
      Then Ana is told the status because somebody listens in a new language
      And Ana is told the regular status 1 second after the start, give or take 0.4 seconds
