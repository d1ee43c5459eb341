"""Official forms that the user supplies: which field holds which line, and the form filled."""
