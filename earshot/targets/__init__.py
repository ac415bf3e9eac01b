"""How to reach a service under test: the embedded reference, or one that runs elsewhere."""
