"""Exchanges asked by their APIs, through ccxt, which lives in a process of its own (docs/adr/0022)."""
