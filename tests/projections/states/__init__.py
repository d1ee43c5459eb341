"""The state's return of a book."""
