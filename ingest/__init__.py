"""The outside world, translated into events; a chain, the pools, the prices and the sheets a room each."""
