"""Nodes of an EVM chain: blocks, logs and traces, read up to finality."""
