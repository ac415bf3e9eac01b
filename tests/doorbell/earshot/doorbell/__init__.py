"""A doorbell, as visitors meet it."""
