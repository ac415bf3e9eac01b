"""Who may do what: people with tokens, services with keys, and whoever signs with a shared secret."""
