@broadcast
Feature: The state of a broadcast

  Pause, mute and volume are independent of each other. A speaker may change them one by one or several at once.

  Rule: A broadcast begins active, not paused, not muted and at full volume

    @BRO-2.1.5 @critical
    Scenario: A speaker finds a new broadcast ready to be heard
      When Ana starts a broadcast in English
      Then Ana finds the broadcast active, not paused, not muted and at 100% volume

    @BRO-2.1.6 @minor @needs-table
    Scenario: A session recorded without a state counts as ready to be heard
      Given Ana is broadcasting in English
      And the record of Ana's session has lost the state of the broadcast
      When Ana asks for the status
      Then Ana is shown a broadcast that is active, not paused, not muted and at 100% volume

    @BRO-2.1.6 @minor @needs-table
    Scenario: A session recorded without a state can be muted
      Given Ana is broadcasting in English
      And the record of Ana's session has lost the state of the broadcast
      When Ana mutes the broadcast
      Then the session of Ana is recorded as active, not paused, muted and at 100% volume

  Rule: Each control changes what it is for and nothing else

    Scenario Outline: A speaker who <does> changes nothing else
      Given Ana is broadcasting in English
      And Ana has changed the state to <before>
      When Ana <does>
      Then Ana's confirmation says that the broadcast is active, <after>
      And Ana finds the broadcast active, <after>

      @BRO-7.1.1 @critical
      Examples: Pausing
        | does                 | before                              | after                           |
        | pauses the broadcast | not paused, muted and at 40% volume | paused, muted and at 40% volume |

      @BRO-7.1.2 @critical
      Examples: Resuming
        | does                  | before                          | after                               |
        | resumes the broadcast | paused, muted and at 40% volume | not paused, muted and at 40% volume |

      @BRO-7.1.3 @critical
      Examples: Muting
        | does                | before                              | after                           |
        | mutes the broadcast | paused, not muted and at 40% volume | paused, muted and at 40% volume |

      @BRO-7.1.4 @critical
      Examples: Unmuting
        | does                  | before                          | after                               |
        | unmutes the broadcast | paused, muted and at 40% volume | paused, not muted and at 40% volume |

      @BRO-7.1.5 @critical
      Examples: Setting the volume
        | does                   | before                          | after                           |
        | sets the volume to 70% | paused, muted and at 40% volume | paused, muted and at 70% volume |
        | sets the volume to 0%  | paused, muted and at 40% volume | paused, muted and at 0% volume  |

    @BRO-7.1.1 @BRO-7.1.2 @BRO-7.1.3 @BRO-7.1.4 @BRO-7.1.5 @normal @needs-table
    Scenario Outline: The record of a broadcast keeps everything else when a speaker <does>
      Given Ana is broadcasting in English
      And Ana has changed the state to <before>
      When Ana <does>
      Then the session of Ana is recorded as active, <after>

      Examples:
        | does                   | before                              | after                               |
        | pauses the broadcast   | not paused, muted and at 40% volume | paused, muted and at 40% volume     |
        | resumes the broadcast  | paused, muted and at 40% volume     | not paused, muted and at 40% volume |
        | mutes the broadcast    | paused, not muted and at 40% volume | paused, muted and at 40% volume     |
        | unmutes the broadcast  | paused, muted and at 40% volume     | paused, not muted and at 40% volume |
        | sets the volume to 70% | paused, muted and at 40% volume     | paused, muted and at 70% volume     |

    @BRO-2.5.9 @critical
    Scenario: A pause and a mute at the same moment both take effect
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana pauses the broadcast and mutes the broadcast at the same moment
      Then Ana finds the broadcast active, paused, muted and at 100% volume
      And Lena is told that the broadcast is paused
      And Lena is told that the broadcast is muted

    @BRO-2.5.9 @critical
    Scenario: A pause and a mute from two connections at the same moment both take effect
      Given Ana is broadcasting in English
      And Ana has moved to a new connection
      When Ana pauses the broadcast on the old connection and mutes it on the new one at the same moment
      Then Ana finds the broadcast active, paused, muted and at 100% volume

    @BRO-2.5.9 @normal @needs-table
    Scenario: A mute and a new volume at the same moment are both on record
      Given Ana is broadcasting in English
      When Ana mutes the broadcast and sets the volume to 40% at the same moment
      Then the session of Ana is recorded as active, not paused, muted and at 40% volume

  Rule: A control is confirmed with the complete state and the number of listeners who were told

    @BRO-3.4.4 @critical
    Scenario Outline: A speaker who <does> has it confirmed
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      When Ana <does>
      Then Ana's confirmation says that 2 listeners were told
      And Ana's confirmation says that the broadcast is active, <after>

      Examples:
        | does                                         | after                                    |
        | pauses the broadcast                         | paused, not muted and at 100% volume     |
        | resumes the broadcast                        | not paused, not muted and at 100% volume |
        | mutes the broadcast                          | not paused, muted and at 100% volume     |
        | unmutes the broadcast                        | not paused, not muted and at 100% volume |
        | sets the volume to 40%                       | not paused, not muted and at 40% volume  |
        | changes the state to muted and at 40% volume | not paused, muted and at 40% volume      |

    @REQ-6.3 @REQ-8.3 @normal
    Scenario: Listeners who left are not counted as told
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Lena has left
      And Ana has been told that 1 person is listening
      When Ana pauses the broadcast
      Then Ana's confirmation says that 1 listener was told

    @BRO-7.1.9 @normal
    Scenario Outline: A speaker to whom nobody listens <does>
      Given Ana is broadcasting in English
      When Ana <does>
      Then Ana's confirmation says that 0 listeners were told
      And Ana finds the broadcast active, <after>

      Examples:
        | does                        | after                                    |
        | pauses the broadcast        | paused, not muted and at 100% volume     |
        | resumes the broadcast       | not paused, not muted and at 100% volume |
        | mutes the broadcast         | not paused, muted and at 100% volume     |
        | unmutes the broadcast       | not paused, not muted and at 100% volume |
        | sets the volume to 40%      | not paused, not muted and at 40% volume  |
        | changes the state to paused | paused, not muted and at 100% volume     |

  Rule: A control may be repeated

    @BRO-7.1.7 @normal
    Scenario Outline: A speaker <does> once more and everybody is told again
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana <has done>
      When Ana <does>
      Then Lena is told that <news>
      And Ana's confirmation says that 1 listener was told
      And Ana's confirmation gives a later time of change than the one before

      Examples:
        | has done                        | does                        | news                             |
        | has paused the broadcast        | pauses the broadcast        | the broadcast is paused          |
        | has resumed the broadcast       | resumes the broadcast       | the broadcast has resumed        |
        | has muted the broadcast         | mutes the broadcast         | the broadcast is muted           |
        | has unmuted the broadcast       | unmutes the broadcast       | the broadcast is no longer muted |
        | has set the volume to 40%       | sets the volume to 40%      | the volume is 40%                |
        | has changed the state to paused | changes the state to paused | the broadcast is now paused      |

    @BRO-7.1.7 @minor @needs-table
    Scenario: A repeated mute is on record with its new time
      Given Ana is broadcasting in English
      And Ana has muted the broadcast
      When Ana mutes the broadcast
      Then Ana's confirmation gives a later time of change than the one before
      And the time of Ana's change is recorded

  Rule: Several controls can be changed at once, and what is not mentioned stays

    @REQ-10.2 @critical
    Scenario Outline: Changing the state to <change>
      Given Ana is broadcasting in English
      And Ana has changed the state to <before>
      When Ana changes the state to <change>
      Then Ana finds the broadcast active, <after>

      Examples:
        | before                              | change                                   | after                                    |
        | paused, muted and at 40% volume     | at 70% volume                            | paused, muted and at 70% volume          |
        | paused, muted and at 40% volume     | not paused                               | not paused, muted and at 40% volume      |
        | paused, muted and at 40% volume     | not muted                                | paused, not muted and at 40% volume      |
        | not paused, muted and at 40% volume | paused                                   | paused, muted and at 40% volume          |
        | paused, not muted and at 40% volume | muted                                    | paused, muted and at 40% volume          |
        | paused, muted and at 40% volume     | not paused and at 0% volume              | not paused, muted and at 0% volume       |
        | paused, muted and at 40% volume     | not paused, not muted and at 100% volume | not paused, not muted and at 100% volume |

    @REQ-10.2 @normal @needs-table
    Scenario: A partial change of state is on record beside what was there before
      Given Ana is broadcasting in English
      And Ana has set the volume to 40%
      When Ana changes the state to muted
      Then the session of Ana is recorded as active, not paused, muted and at 40% volume
      And the time of Ana's change is recorded

    @REQ-10.3 @critical
    Scenario: Listeners are told the whole state even if only part of it changed
      Given Ana is broadcasting in English
      And Lena listens in Spanish and Amina in French
      And Ana has set the volume to 40%
      When Ana changes the state to at 70% volume
      Then Lena and Amina are told that the broadcast is now active, not paused, not muted and at 70% volume
      And Lena and Amina are told nothing else

    @REQ-10.3 @normal
    Scenario: The listeners of another session learn nothing of a change of state
      Given Ana is broadcasting in English
      And Bruno is broadcasting in English
      And Lena listens to Ana in Spanish
      And Yuki listens to Bruno in Spanish
      When Ana changes the state to muted and at 40% volume
      Then Lena is told that the broadcast is now active, not paused, muted and at 40% volume
      And Yuki is told nothing

    @REQ-10.1 @critical
    Scenario Outline: <state> is no state for a broadcast
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has set the volume to 40%
      When Ana tries to change the state to <state>
      Then Ana is refused because a detail is not valid
      And Ana finds the broadcast active, not paused, not muted and at 40% volume
      And Lena is told nothing

      Examples: Nothing to go by
        | state                 |
        | one that says nothing |
        | a bare word           |
        | a list                |

      Examples: Of the wrong kind
        | state                    |
        | a pause that is a word   |
        | a pause that is a number |
        | a mute that is a word    |
        | a mute that is a number  |
        | a volume that is a word  |
        | a volume that is a yes   |

      Examples: Out of range
        | state            |
        | a volume of -1%  |
        | a volume of 101% |

      Examples: Right in part, which is not enough
        | state                        |
        | paused and something unknown |
        | paused and active            |
        | paused and a volume of 101%  |

    @REQ-10.1 @normal
    Scenario: A change of state must say to what
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana tries to change the state without saying to what
      Then Ana is refused because a detail is missing
      And Lena is told nothing

  Rule: A change of state that pauses or mutes does what pausing or muting does

    @REQ-10.4 @critical
    Scenario: Pausing by a change of state is told as a pause too
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana changes the state to paused
      Then Lena is told first that the broadcast is now paused and then that the broadcast is paused
      And Lena is told nothing else

    @REQ-10.5 @critical
    Scenario: Muting by a change of state is told as a mute too
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana changes the state to muted
      Then Lena is told first that the broadcast is now muted and then that the broadcast is muted
      And Lena is told nothing else

    @REQ-10.4 @REQ-10.5 @normal
    Scenario: Pausing and muting by one change of state is told as both
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      When Ana changes the state to paused and muted
      Then Lena is told that the broadcast is now active, paused, muted and at 100% volume
      And Lena is told that the broadcast is paused
      And Lena is told that the broadcast is muted
      And Lena is told nothing else

    @REQ-10.4 @critical
    Scenario: Words after a pause by a change of state are not heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has changed the state to paused
      When Ana says "We will take a short break now."
      Then Ana's words are held back because the broadcast is paused
      And Lena hears nothing for 0.5 seconds

    @REQ-10.5 @critical
    Scenario: Words after a mute by a change of state are not heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has changed the state to muted
      When Ana says "We will take a short break now."
      Then Ana's words are held back because the broadcast is muted
      And Lena hears nothing for 0.5 seconds

    @REQ-10.4 @normal
    Scenario: A pause by a change of state is measured like any other
      Given Ana is broadcasting in English
      And Ana has changed the state to paused
      And Ana has been told nothing for 0.5 seconds
      When Ana resumes the broadcast
      Then Ana's confirmation says how long the pause lasted, give or take 100 ms

    @BRO-7.1.12 @normal
    Scenario Outline: A change of state to <change> is told once, as a state
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has changed the state to paused and muted
      When Ana changes the state to <change>
      Then Lena is told that the broadcast is now active, <after>
      And Lena is told nothing else

      Examples: A pause or a mute is lifted
        | change                   | after                                    |
        | not paused               | not paused, muted and at 100% volume     |
        | not muted                | paused, not muted and at 100% volume     |
        | not paused and not muted | not paused, not muted and at 100% volume |

      @REQ-10.4 @REQ-10.5
      Examples: A pause or a mute was there already
        | change                   | after                           |
        | paused and at 40% volume | paused, muted and at 40% volume |
        | muted and at 40% volume  | paused, muted and at 40% volume |

  Rule: Words are heard only if the broadcast is neither paused nor muted nor at 0% volume

    @BRO-7.1.6 @critical
    Scenario Outline: Words after a change of state to <state> are held back
      Given Ana is broadcasting in English
      And Ana has changed the state to <state>
      When Ana says "Thank you all for coming."
      Then Ana's words are held back

      Examples:
        | state                                  |
        | paused, not muted and at 100% volume   |
        | paused, not muted and at 0% volume     |
        | paused, muted and at 100% volume       |
        | paused, muted and at 0% volume         |
        | not paused, muted and at 100% volume   |
        | not paused, muted and at 0% volume     |
        | not paused, not muted and at 0% volume |

    @BRO-7.1.6 @critical
    Scenario: Words after a change of state that lifts everything are heard
      Given Ana is broadcasting in English
      And Lena listens in Spanish
      And Ana has changed the state to paused, muted and at 0% volume
      And Ana has changed the state to not paused, not muted and at 100% volume
      When Ana says "Thank you all for coming."
      Then Ana's words are passed on
      And Lena hears "Thank you all for coming." in Spanish

    Scenario Outline: A speaker who <has done> stays held back because <reason>
      Given Ana is broadcasting in English
      And Ana has changed the state to <before>
      And Ana <has done>
      When Ana says "Thank you all for coming."
      Then Ana's words are held back because <reason>

      @BRO-7.1.2 @normal
      Examples: Resuming
        | has done                  | before                  | reason                 |
        | has resumed the broadcast | paused and muted        | the broadcast is muted |
        | has resumed the broadcast | paused and at 0% volume | the volume is at 0%    |

      @BRO-7.1.4 @normal
      Examples: Unmuting
        | has done                  | before                 | reason                  |
        | has unmuted the broadcast | paused and muted       | the broadcast is paused |
        | has unmuted the broadcast | muted and at 0% volume | the volume is at 0%     |

      @BRO-7.1.5 @normal
      Examples: Setting the volume
        | has done                   | before                  | reason                  |
        | has set the volume to 100% | paused and at 0% volume | the broadcast is paused |
        | has set the volume to 100% | muted and at 0% volume  | the broadcast is muted  |
