"""Read-only pages over the same books: the answer first, and every figure open to question."""
