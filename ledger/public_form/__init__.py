"""The public form of an event, text on the one side and a typed event on the other: keys, values, words, lines."""
