"""Sound for the tests: recorded samples, generated signals, comparison of what was heard."""
