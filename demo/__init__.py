"""The made-up miner: the book `demo`, so that every page shows something in the first minute, offline."""
