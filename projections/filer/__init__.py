"""Who files: the facts of a year, what the activity was at an instant, and where a receipt belongs."""
