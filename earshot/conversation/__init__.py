"""The conversation, as its people meet it: somebody speaks, and an assistant answers."""
