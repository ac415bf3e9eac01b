"""Running features: what is planned, who runs it, and who watches."""
