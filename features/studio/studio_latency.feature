@studio @alone @perf
Feature: How long the studio takes

  Audio comes back while it is still fresh, all the time, and to everybody.

  Rule: A connection is open at once

    @STU-83 @critical
    Scenario: An engineer is connected in less than a second, each of ten times
      Given Ana has started a live session with noise reduction at strength 0.5
      When Ana connects to the live session 10 times
      Then all live sessions are connected to within 1 second

  Rule: A piece comes back in time

    @STU-84 @STU-116 @critical
    Scenario: Twenty pieces come back in time
      Given Ana is streaming through noise reduction at strength 0.5
      When Ana streams 20 pieces of 100 ms of a 440 Hz tone
      Then on average pieces come back within 150 ms
      And all pieces come back within 300 ms
      And all pieces are processed in the service within 100 ms
      And the figures are the same at the end of the run, in the report and for programs

  Rule: It goes on like that

    @STU-86 @STU-87 @STU-116 @critical
    Scenario: Ten seconds of streaming come back
      Given Ana is streaming through noise reduction at strength 0.5
      When Ana streams 100 pieces of 100 ms of white noise at -30 dB
      Then 95% of pieces come back within 300 ms
      And at least 95% of the pieces have come back, and fewer than 5% were refused
      And 9 to 11 pieces a second have come back

    @STU-85 @STU-87 @STU-116 @critical @slow
    Scenario: A minute of streaming comes back
      Given Ana is streaming through noise reduction at strength 0.5
      When Ana streams 60 seconds of white noise at -30 dB
      Then at least 95% of the pieces have come back, and fewer than 5% were refused
      And 9 to 11 pieces a second have come back
      And the last 10 seconds take at most twice as long as the first 10 seconds, and 20 ms more

  Rule: It is so for several at once

    @STU-88 @critical
    Scenario: Three live sessions come back in time
      Given Ana, Bruno and Carla are streaming through noise reduction at strength 0.5
      When they stream 40 pieces of 100 ms of white noise at -30 dB
      Then 95% of pieces come back within 300 ms, and none is lost
