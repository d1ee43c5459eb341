"""Other countries, from the same log in their own currency."""
