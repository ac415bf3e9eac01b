@calls
Feature: What each role may do

  Rule: Every role may do what stands here, and nothing else

    @AUTH-15 @AUTH-14 @AUTH-16 @blocker
    Scenario: The four roles and the fifteen permissions
      Given there is a user of every role
      When each of them tries to do all of this
        | may           | by trying to                 | operator | manager | desk | guest |
        | start calls   | begin a call                 | yes      | yes     | yes  | no    |
        | end calls     | end a call                   | yes      | yes     | no   | no    |
        | see calls     | look at the list of calls    | yes      | yes     | yes  | yes   |
        | manage calls  | hold a call                  | yes      | yes     | no   | no    |
        | create hotels | look at the profile          | yes      | no      | no   | no    |
        | delete hotels | look at the profile          | yes      | no      | no   | no    |
        | update hotels | look at the profile          | yes      | yes     | no   | no    |
        | see hotels    | ask what Hotel Aurora can do | yes      | yes     | yes  | no    |
        | configure     | look at the profile          | yes      | no      | no   | no    |
        | monitor       | look at the breakers         | yes      | no      | no   | no    |
        | administer    | look at the users            | yes      | no      | no   | no    |
        | create users  | look at the profile          | yes      | no      | no   | no    |
        | update users  | look at the profile          | yes      | no      | no   | no    |
        | delete users  | look at the profile          | yes      | no      | no   | no    |
        | see users     | look at the profile          | yes      | yes     | no   | no    |
      Then each may do what stands there, and nothing else

  Rule: A service may do what its key says, and nothing else

    @AUTH-12 @critical
    Scenario: A key for each permission that opens something
      Given there is a key for every permission that opens something
      When each of them tries to do all of this
        | may          | by trying to              | start calls | end calls | see calls | manage calls | see hotels | monitor | administer |
        | start calls  | begin a call              | yes         | no        | no        | no           | no         | no      | no         |
        | end calls    | end a call                | no          | yes       | no        | no           | no         | no      | no         |
        | see calls    | look at the list of calls | no          | no        | yes       | no           | no         | no      | no         |
        | manage calls | hold a call               | no          | no        | no        | yes          | no         | no      | no         |
        | see hotels   | ask what Hotel Aurora can do | no          | no        | no        | no           | yes        | no      | no         |
        | monitor      | look at the breakers      | no          | no        | no        | no           | no         | yes     | no         |
        | administer   | look at the users         | no          | no        | no        | no           | no         | no      | yes        |
      Then each may do what stands there, and nothing else

  Rule: Hotels are kept apart

    @AUTH-17 @CALL-7 @critical
    Scenario Outline: The manager of one hotel cannot <attempt> of another
      Given Bruno is the manager of Hotel Aurora
      When Bruno tries to <attempt>
      Then Bruno is refused because the hotel is somebody else's
      And Bruno can <instead>

      Examples:
        | attempt                    | instead                      |
        | begin a call to Hotel Birch | begin a call to Hotel Aurora |
        | ask what Hotel Birch can do | ask what Hotel Aurora can do |

  Rule: The list of users says who may do what, and nothing secret

    @AUTH-14 @critical
    Scenario: An operator looks at the users
      Given Ana is an operator
      When Ana looks at the users
      Then Ana learns who they are, and nothing secret
