@studio @limits
Feature: How large things may be

  Rule: A message may hold minutes of audio, and ends the connection beyond that

    @STU-46 @normal
    Scenario: Minutes of audio in one piece hold nobody else up
      Given Ana and Bruno are streaming through input and output only
      When Ana sends 285 seconds of white noise at -30 dB in one piece, and Bruno meanwhile 500 ms of a 440 Hz tone
      Then what comes back to Ana and Bruno is what was sent, sample by sample
      And Bruno is answered within 1 second

    @STU-46 @normal
    Scenario: A message that is too large ends the connection alone
      Given Ana is streaming through input and output only
      When Ana sends a message of 17 MiB
      Then Ana is disconnected because the message is beyond all limits
      And Ana's live session is listed as not connected within 1 second

  Rule: An upload may have ten MiB

    @STU-47 @normal
    Scenario: An upload that is too large is refused
      When Ana tries to upload 11 MiB
      Then Ana is refused because the upload is too large
