"""The commands: each reads its words, asks the rooms below, and prints."""
