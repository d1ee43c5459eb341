"""The coins of a book as a journal of double entries: where each part of a lot came from, lay, and went."""
