"""One matrix of faults for everything that is declared."""
