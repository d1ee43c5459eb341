"""The ledger on a PostgreSQL server: its guards, its locks, and how its refusals read."""
