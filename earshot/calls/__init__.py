"""The calls: guests who phone a hotel, those who look after calls, and what the service tells them."""
