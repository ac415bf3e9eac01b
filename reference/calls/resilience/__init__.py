"""What keeps the service answering: limits, breakers, and queues that are bounded."""
