@calls @needs-fault @needs-settings
Feature: Who is told of trouble

  What is critical reaches the pager and the chat, what is serious the chat, and what is small nobody but the log.

  Background:
    Given a service that is quick to give up and to try again
    And Ana is an operator

  Rule: The worse it is, the more are told

    @ERR-9 @critical
    Scenario: Something critical reaches chat and pager
      Given Tomas has a key that may see calls
      And the keys cannot be read
      When Tomas tries to look at the list of calls
      Then Tomas is refused because the service is out of order
      And chat and pager are told once under Tomas's id
      And Ana finds an alert about the keys among those that are critical

    @ERR-9 @critical
    Scenario: Something serious reaches the chat alone
      Given Mira has a reservation at Hotel Aurora
      And the property system fails
      When Mira tries to call Hotel Aurora, and insists on the reservation
      Then Mira is refused because the property system fails
      And the chat is told once under Mira's id
      And the pager is told nothing under Mira's id

    @ERR-9 @normal
    Scenario: Something small reaches nobody
      When Lena tries to look for what nobody offers
      Then Lena is refused because there is no such thing
      And the chat is told nothing under Lena's id
      And the pager is told nothing under Lena's id

    @ERR-10 @normal
    Scenario: The eleventh of the same alerts is held back
      Given Tomas has a key that may see calls
      And the keys cannot be read
      When Tomas tries 11 times to look at the list of calls
      Then all of the attempts are refused because the service is out of order
      And chat and pager are told 10 times under Tomas's id
      And Ana finds an alert about the keys among those that are held back

    @ERR-11 @normal
    Scenario Outline: <Dead> that cannot be reached keeps nobody from being told
      Given Tomas has a key that may see calls
      And the keys cannot be read
      And the <dead> cannot be reached
      When Tomas tries to look at the list of calls
      Then Tomas is refused because the service is out of order
      And Tomas is answered within 1 second
      And the <other> is told once under Tomas's id

      Examples:
        | Dead    | dead  | other |
        | A chat  | chat  | pager |
        | A pager | pager | chat  |

  Rule: An alert stands until somebody takes it, or it is over

    @ERR-12 @critical
    Scenario: An operator takes an alert
      Given the property system fails
      And the breaker of Hotel Aurora has opened
      And Ana has found an alert about the breaker among those that are active
      When Ana takes the alert
      Then Ana learns who took it, and when
      And Ana finds that alert among those that are taken

    @ERR-12 @critical
    Scenario: An alert is over when what it is about is over
      Given the property system fails
      And the breaker of Hotel Aurora has opened
      And Ana has found an alert about the breaker among those that are active
      And everything works again
      When Ana resets the breaker of Hotel Aurora
      Then Ana finds that alert among those that are over

    @ERR-12 @normal
    Scenario: Nobody takes an alert that nobody raised
      When Ana tries to take the alert
      Then Ana is refused because there is no such thing
