"""Costs: bills and their shared part, electricity, and rigs over their years."""
