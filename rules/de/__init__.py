"""Income tax of Germany, as a private miner meets it."""
