"""Rigs that say of themselves what they draw: watts and uptime, from which an estimate is made, and never a figure."""
