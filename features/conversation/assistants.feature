@conversation
Feature: Who answers

  There are three assistants: Llama, which runs beside the service, OpenAI, which needs a key, and Hugging Face, which
  needs to be set up. When one cannot answer, the next one does.

  Rule: When an assistant is down, the next one answers

    @CONV-42 @blocker @needs-fault
    Scenario Outline: <next> answers when <down> is down
      Given Ana is in a conversation
      And for Ana, <down> is preferred, OpenAI has a usable key, and Hugging Face is set up
      And <down> is down for Ana
      When Ana asks "Tell me a funny story."
      Then Ana is answered by <next>

      Examples:
        | down   | next   |
        | Llama  | OpenAI |
        | OpenAI | Llama  |

    @CONV-42 @blocker @needs-fault
    Scenario: Hugging Face answers when Llama and OpenAI are down
      Given Ana is in a conversation
      And for Ana, Llama is preferred, OpenAI has a usable key, and Hugging Face is set up
      And Llama is down for Ana
      And OpenAI is down for Ana
      When Ana asks "Tell me a funny story."
      Then Ana is answered by Hugging Face

    @CONV-42 @critical @needs-fault
    Scenario Outline: An assistant that <says> is passed over
      Given Ana is in a conversation
      And for Ana, Llama is preferred, OpenAI has a usable key, and Hugging Face is set up
      And Llama <says> to Ana
      When Ana asks "Tell me a funny story."
      Then Ana is answered by OpenAI

      Examples:
        | says                    |
        | says nothing            |
        | says nothing but blanks |

    @CONV-42 @normal @needs-fault
    Scenario: An assistant that is up again answers again
      Given Ana is in a conversation
      And for Ana, Llama is preferred, OpenAI has a usable key, and Hugging Face is not set up
      And Llama is down for Ana's next turn
      And Ana has asked "Tell me a funny story."
      When Ana asks "Play some quiet jazz."
      Then Ana is answered by OpenAI, then by Llama

  Rule: The order depends on who is preferred and who can be had

    @CONV-43 @critical @needs-fault @needs-double
    Scenario Outline: <preferred> preferred, OpenAI with <key>, Hugging Face <set up>
      Given Ana is in a conversation
      And for Ana, <preferred> is preferred, OpenAI has <key>, and Hugging Face is <set up>
      And every assistant is down for Ana
      When Ana asks "Tell me a funny story."
      Then Ana is told that no assistant is available
      And the service asked <order> for Ana

      Examples: Llama, or somebody unknown
        | preferred        | key                      | set up     | order                                 |
        | Llama            | a usable key             | set up     | Llama, then OpenAI, then Hugging Face |
        | Llama            | a usable key             | not set up | Llama, then OpenAI                    |
        | Llama            | no key                   | set up     | Llama, then Hugging Face              |
        | Llama            | no key                   | not set up | Llama                                 |
        | Llama            | the placeholder of a key | set up     | Llama, then Hugging Face              |
        | Llama            | a key of another kind    | set up     | Llama, then Hugging Face              |
        | somebody unknown | a usable key             | set up     | Llama, then OpenAI, then Hugging Face |

      Examples: OpenAI
        | preferred | key                      | set up     | order                                 |
        | OpenAI    | a usable key             | set up     | OpenAI, then Llama, then Hugging Face |
        | OpenAI    | a usable key             | not set up | OpenAI, then Llama                    |
        | OpenAI    | no key                   | set up     | Llama, then Hugging Face              |
        | OpenAI    | the placeholder of a key | not set up | Llama                                 |
        | OpenAI    | a key of another kind    | set up     | Llama, then Hugging Face              |

      Examples: Hugging Face
        | preferred    | key                      | set up     | order                                 |
        | Hugging Face | a usable key             | set up     | Hugging Face, then Llama, then OpenAI |
        | Hugging Face | no key                   | set up     | Hugging Face, then Llama              |
        | Hugging Face | the placeholder of a key | set up     | Hugging Face, then Llama              |
        | Hugging Face | a usable key             | not set up | Llama, then OpenAI                    |
        | Hugging Face | no key                   | not set up | Llama                                 |

    @CONV-43 @CONV-40 @normal @needs-double
    Scenario Outline: <preferred> answers when it is preferred and can be had
      Given Ana is in a conversation
      And for Ana, <preferred> is preferred, OpenAI has a usable key, and Hugging Face is set up
      When Ana asks "Tell me a funny story."
      Then Ana is answered by <preferred>
      And the service asked <preferred> for Ana

      Examples:
        | preferred    |
        | Llama        |
        | OpenAI       |
        | Hugging Face |

  Rule: When nobody can answer, that is said

    @CONV-44 @CONV-5 @CONV-40 @blocker @needs-fault
    Scenario: Every assistant is down
      Given Ana is in a conversation
      And every assistant is down for Ana
      When Ana asks "Tell me a funny story."
      Then Ana is told that no assistant is available
      And Ana is understood as "Tell me a funny story."
      And Ana's turn is over within 1 second of the answer

    @CONV-44 @normal @needs-fault
    Scenario: Somebody else is answered all the same
      Given Ana and Bruno are in conversations
      And every assistant is down for Ana
      And Ana has asked "Set a timer for ten minutes." and was told that no assistant is available
      When Bruno asks "Tell me a funny story."
      Then Bruno is answered

    @CONV-45 @CONV-40 @CONV-5 @critical @needs-fault
    Scenario: An assistant that breaks down is reported, and the conversation goes on
      Given Ana is in a conversation
      And Llama breaks down in Ana's next turn
      When Ana asks "Tell me a funny story."
      Then Ana is told that the assistant has failed
      And Ana is understood as "Tell me a funny story."
      And Ana's turn is over within 1 second of the answer
      And Ana can still ask "Play some quiet jazz."

  Rule: A slow assistant holds up nobody else, and not for long

    @CONV-48 @critical @needs-fault
    Scenario: An assistant that takes 10 seconds is passed over
      Given Ana is in a conversation
      And for Ana, Llama is preferred, OpenAI has a usable key, and each has 0.5 seconds to answer
      And Llama takes 10 seconds to answer Ana
      When Ana asks "Tell me a funny story."
      Then Ana is answered by OpenAI
      And Ana is answered within 10 seconds of asking

    @CONV-48 @normal @needs-fault
    Scenario: A slow assistant without a substitute is reported
      Given Ana is in a conversation
      And for Ana, Llama is preferred, OpenAI has no key, and each has 0.5 seconds to answer
      And Llama takes 10 seconds to answer Ana
      And Ana has asked "Tell me a funny story." and was told that no assistant is available
      And everything works again
      When Ana asks "Play some quiet jazz."
      Then Ana is answered by Llama

    @CONV-48 @CONV-36 @critical @needs-fault
    Scenario: A slow assistant keeps nobody else from an answer
      Given Ana and Bruno are in conversations
      And Llama takes 10 seconds to answer Ana
      And Ana has ended a turn and is not answered yet
      When Bruno asks "Play some quiet jazz."
      Then Bruno is answered within 10 seconds of asking
      And Ana has not been answered yet

  Rule: Answers are short

    @CONV-41 @normal @needs-double
    Scenario: A long answer is cut short
      Given Ana is in a conversation
      And Llama answers Ana with 500 words
      When Ana asks "Tell me a funny story."
      Then Ana is answered by Llama
      And the answer to Ana has 1 to 150 words
