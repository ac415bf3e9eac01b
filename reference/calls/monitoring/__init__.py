"""How the service is, and who is told when something is wrong."""
