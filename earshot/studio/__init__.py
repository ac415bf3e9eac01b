"""The studio, as its engineers meet it: audio goes through a pipeline of stages, live or as a file."""
