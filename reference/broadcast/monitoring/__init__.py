"""What is measured of the broadcast, and when somebody is to be told."""
