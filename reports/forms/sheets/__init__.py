"""The year as worksheets on paper: one sheet a form, with its lines, its law, and what is still open."""
