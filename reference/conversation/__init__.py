"""Voice conversation: segments of speech in, what was understood and the assistant's answer out."""
