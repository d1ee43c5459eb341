"""What a coin cost at an instant, and who says so."""
