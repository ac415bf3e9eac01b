"""One speaker, many listeners, every listener in their own language."""
