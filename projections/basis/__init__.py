"""Basis: which coins left, what they had cost, and for how long they were held."""
