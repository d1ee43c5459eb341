"""Nodes of the Bitcoin family: blocks, scripts, and what a transaction means to the miner."""
