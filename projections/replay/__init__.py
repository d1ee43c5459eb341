"""One pass over the log, and what is kept of it: the book, its checkpoint, its live end, its state."""
