"""The ledger in one file of the home: SQLite, its guards, and how its refusals read."""
