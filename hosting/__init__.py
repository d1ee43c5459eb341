"""Many homes kept by one process: fair turns for the rounds of each book, and pages by who may read what."""
