"""Income tax of Japan, as a miner meets it."""
