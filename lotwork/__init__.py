"""Lotwork, the miner's tax ledger."""
