"""PyHamcrest expectations that explain themselves."""
