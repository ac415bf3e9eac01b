"""Many listeners: in processes of their own, on this machine or on several, and what they heard, merged."""
