"""Reconciliation: what brokers and pools say, held against the ledger."""
