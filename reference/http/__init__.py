"""Serving HTTP: a port that is bound first, and FastAPI on the service's own event loop."""
