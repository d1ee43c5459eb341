"""The return: the business of a year, what years hand on, and the filer they make."""
