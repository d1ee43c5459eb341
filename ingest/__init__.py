"""The outside world, translated into events; one room a source."""
