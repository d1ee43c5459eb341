"""The federal income tax law of the United States, as a miner meets it."""
