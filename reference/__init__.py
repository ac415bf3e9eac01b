"""The reference backend: an honest, offline implementation of every system that Earshot specifies."""
