@broadcast
Feature: Hearing a talk

  One person speaks; everybody else hears it in a language of their own.

  Rule: What was said arrives as speech and as a caption in the listener's language

    @REQ-1.1 @REQ-25.1 @BRO-3.4.10 @blocker
    Scenario: A talk is heard in Spanish
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says "Good morning, and welcome to Lisbon."
      Then Lena hears "Good morning, and welcome to Lisbon." in Spanish
      And Lena reads "Buenos días y bienvenidos a Lisboa."

    @BRO-1.5.1 @BRO-6.2.19 @critical
    Scenario Outline: A talk is heard in <language>
      Given Ana is broadcasting in English
      And Lena listens in <language>
      When Ana says "Let us begin with the first question."
      Then Lena hears "Let us begin with the first question." in <language>
      And Lena reads "<caption>"

      Examples: Every language that is offered
        | language   | caption                                 |
        | Spanish    | Empecemos con la primera pregunta.      |
        | French     | Commençons par la première question.    |
        | German     | Beginnen wir mit der ersten Frage.      |
        | Italian    | Cominciamo con la prima domanda.        |
        | Portuguese | Vamos começar pela primeira pergunta.   |
        | Japanese   | 最初の質問から始めましょう。            |
        | Korean     | 첫 번째 질문부터 시작하겠습니다.        |
        | Chinese    | 我们从第一个问题开始。                  |

    @BRO-1.5.2 @normal
    Scenario: A listener may choose the speaker's own language
      Given Ana is broadcasting in English
      And Lena listens in English
      When Ana says "Thank you all for coming."
      Then Lena hears "Thank you all for coming." in English

    @BRO-3.3.2 @normal
    Scenario: A microphone that sends raw sound is heard as well
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana says "Can everyone hear me at the back?" as raw sound
      Then Lena hears "Can everyone hear me at the back?" in Spanish

    @REQ-16.1 @critical
    Scenario: Sentences are heard in the order in which they were said
      Given Ana is broadcasting in English
      And Lena listens in French
      When Ana says "Thank you all for coming." and then "The next slide shows our results."
      Then Lena hears "Thank you all for coming." and then "The next slide shows our results." in French
      And Lena hears nothing else

  Rule: Everybody hears their own language and no other

    @BRO-6.2.2 @BRO-6.2.10 @critical
    Scenario: Two languages are served at once
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana says "We will take a short break now."
      Then Lena hears "We will take a short break now." in Spanish
      And Amina hears "We will take a short break now." in French
      And Lena hears nothing else
      And Amina hears nothing else

    @BRO-6.2.9 @normal
    Scenario: Everyone who listens in one language hears the same
      Given Ana is broadcasting in English
      And Lena listens in German and Marco in German
      When Ana says "Please stand and sing with us."
      Then Lena hears "Please stand and sing with us." in German
      And Marco hears "Please stand and sing with us." in German
      And Lena and Marco hear the very same sound

  Rule: A session is heard by its own listeners only

    @REQ-1.3 @blocker
    Scenario: Nobody hears another session
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Amina listens to Bruno in Spanish
      When Ana says "There will be music this evening."
      Then Lena hears "There will be music this evening." in Spanish
      And Amina hears nothing for 0.3 seconds

    @REQ-1.3 @critical @needs-double
    Scenario: Audio that names somebody else's session does not get there
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      When Ana tries to send audio, naming the session of Bruno
      Then Ana's audio is passed on
      And recognition for Bruno is not started within 300 ms

  Rule: Whoever comes late hears what is said from then on

    @BRO-1.2.2 @normal
    Scenario: A late joiner hears the next sentence and not the one before
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has said "Good morning, and welcome to Lisbon."
      And Lena has heard "Good morning, and welcome to Lisbon." in Spanish
      And Amina listens in French
      When Ana says "Our members come from twenty countries."
      Then Amina hears "Our members come from twenty countries." in French
      And Amina hears nothing else

  Rule: Only speech is passed on

    @REQ-4.3 @normal
    Scenario Outline: <sound> is not mistaken for speech
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana's microphone has picked up <sound> for 2 seconds
      When Ana says "Goodbye, and see you all tomorrow."
      Then Lena hears "Goodbye, and see you all tomorrow." in Spanish
      And Lena hears nothing else

      Examples:
        | sound            |
        | silence          |
        | a whistling tone |
        | the hiss of rain |
