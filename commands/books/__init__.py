"""Many books: which there are, and one command asked of every one of them."""
