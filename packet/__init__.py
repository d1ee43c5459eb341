"""The packet: one ZIP of a year that an accountant can check without Lotwork, and the program in it that checks it."""
