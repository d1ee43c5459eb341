"""The store and its upkeep: the log on disk, its hashes and heads, evidence, verification, backups."""
