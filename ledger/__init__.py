"""The log: what happened to a miner's coins and money, and nothing else."""
