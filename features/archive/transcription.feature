@archive @phase1
Feature: What is understood of a recording

  A transcription says what was said, and where.

  Rule: What is said is understood where it is said

    @ARC-60 @ARC-61 @ARC-62 @blocker
    Scenario: Two sentences with a silence between them are two parts
      Given Ana has archived the council meeting, which holds "Good morning, and welcome to Lisbon.", and 2 seconds later "Thank you all for coming."
      When Ana has the council meeting transcribed
      Then the council meeting is transcribed as it was said

    @ARC-62 @normal
    Scenario: The same sound is understood alike
      Given Ana has archived and transcribed the council meeting, which holds "Good morning, and welcome to Lisbon."
      And Ana has archived the school concert, which holds "Good morning, and welcome to Lisbon."
      When Ana has the school concert transcribed
      Then the school concert is understood like the council meeting

    @ARC-60 @normal
    Scenario: Before it is transcribed nobody knows what was said
      Given Ana has archived the council meeting, which holds "Thank you all for coming."
      When Lena tries to see what is said in the council meeting
      Then Lena is refused because there is no such thing

  Rule: Where nobody speaks, nothing is understood

    @ARC-64 @critical
    Scenario Outline: <sound> is no speech, and no failure
      Given Ana has archived the council meeting, which holds <sound>
      When Ana has the council meeting transcribed
      Then the council meeting is transcribed as silence

      Examples:
        | sound                |
        | 2 seconds of silence |
        | 2 seconds of a tone  |

    @ARC-66 @needs-files @critical
    Scenario: What is no sound fails by that name, and leaves no captions
      Given Ana has archived the council meeting, which holds what is no sound
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because the sound cannot be read
      And the council meeting has no captions

    @ARC-66 @needs-files @normal
    Scenario: A file that was emptied fails by that name, and leaves no captions
      Given Ana has archived the council meeting, which holds "Thank you all for coming."
      And the file of the council meeting has been emptied
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job fails because the file is empty
      And the council meeting has no captions
