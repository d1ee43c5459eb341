"""Watching through a server that lists transactions by script: what is asked, proven, and remembered."""
