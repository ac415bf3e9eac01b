"""Words of the sentences about the studio."""
