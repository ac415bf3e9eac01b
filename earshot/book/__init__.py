"""Reading the promises: what is promised, what shows it, what changed, and what a run says of it."""
