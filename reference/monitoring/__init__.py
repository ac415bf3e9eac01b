"""What the service tells about itself: metrics and alarms in CloudWatch, of whatever systems it has."""
