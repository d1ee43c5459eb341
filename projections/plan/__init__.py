"""Plans: what would happen, by whole returns with and without it."""
