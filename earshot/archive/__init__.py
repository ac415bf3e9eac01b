"""The wing of the archive: recordings, what is made of them, and who has to do with them."""
