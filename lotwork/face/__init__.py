"""What Python is given: homes and books to ask, and the shapes of their answers (docs/python.md)."""
