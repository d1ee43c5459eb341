"""The return: the business of a year and what it may deduct, what years hand on, and the filer they make."""
