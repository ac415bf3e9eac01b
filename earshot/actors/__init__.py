"""The people of a scenario: verbs that return when done, or say what was missed."""
