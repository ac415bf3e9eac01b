"""The studio, as an engineer meets it."""
