"""Books to what a person or a program reads: listings and forms."""
