@archive @phase3
Feature: Watching jobs as they go on

  Whoever watches is told of each step of each job, as it happens.

  Rule: Whoever watches is greeted, and told

    @ARC-120 @critical
    Scenario: Who connects is greeted at once
      Given Marco watches the jobs
      When Lena begins to watch the jobs
      Then Lena was greeted within 0.5 seconds, by a name of their own

    @ARC-121 @normal
    Scenario: All jobs are told every five seconds
      When Lena begins to watch the jobs
      Then Lena is told of all jobs again within 6 seconds

    @ARC-123 @needs-own-service @critical
    Scenario: Jobs can be watched by kind
      Given a service that nobody else uses
      And Ana is an administrator of the archive
      And Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      And Ana has had the archive look for missing captions
      When Lena begins to watch the jobs
      Then Lena is told of 1 transcriptions alone
      And Lena is told of 2 jobs of every kind
      And Lena is told of 0 jobs of a kind that nobody knows

    @ARC-124 @needs-own-service @critical
    Scenario: The figures of the jobs add up
      Given a service that nobody else uses
      And Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      When Lena begins to watch the jobs
      Then Lena is told figures that add up
      And Lena is told how the machine is

    @ARC-124 @needs-own-service @normal
    Scenario: Without jobs the figures are nothing
      Given a service that nobody else uses
      When Lena begins to watch the jobs
      Then Lena is told figures that add up

    @ARC-125 @critical
    Scenario Outline: Whoever asks for <odd> is told so, and stays
      Given Lena watches the jobs
      When Lena asks live for <odd>
      Then Lena is told how all jobs are

      Examples:
        | odd                |
        | what is no request |
        | half a sentence    |
        | a list             |
        | nothing at all     |

  Rule: Everybody sees the end of a job

    @ARC-126 @critical
    Scenario: Ten who watch all see the end
      Given 10 viewers watch the jobs
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      When Ana asks for the council meeting to be transcribed
      Then the council meeting's job is seen by everybody who watches

    @ARC-126 @normal
    Scenario: Who leaves does not matter to others
      Given 3 viewers watch the jobs
      And Lena watches the jobs
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And Ana has asked for the council meeting to be transcribed
      When Lena loses the connection
      Then the council meeting's job is seen by everybody who watches

    @ARC-126 @normal
    Scenario: Who comes late learns how all jobs are
      Given Ana has archived and transcribed the council meeting, which holds "Thank you all for coming."
      When Lena begins to watch the jobs
      Then Lena is told how all jobs are

  Rule: What fails is told by itself

    @ARC-127 @needs-fault @needs-own-service @critical
    Scenario: A queue that fails is told, and that it is back
      Given a service that nobody else uses
      And Lena watches the jobs
      And its queue cannot be reached
      And the archive has come to be without its queue
      When everything works again
      Then Lena is told that the queue is degraded
      And Lena is told that the queue is healthy

    @ARC-127 @needs-fault @needs-own-service @critical
    Scenario: Workers that fail are told, and that they work again
      Given a service that nobody else uses
      And Lena watches the jobs
      And Ana has archived the council meeting, which holds "Thank you all for coming."
      And whoever transcribes breaks off 1 time
      When Ana asks for the council meeting to be transcribed
      Then Lena is told that the workers are degraded
      And Lena is told that the workers are healthy
