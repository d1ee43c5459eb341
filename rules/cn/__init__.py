"""Individual income tax of the PRC, as a miner meets it."""
