"""Meters: what the rigs draw, counted by plugs, panels and home automation on the miner's own network."""
