"""The broadcast, as its people meet it: one speaks, many listen in their own language."""
