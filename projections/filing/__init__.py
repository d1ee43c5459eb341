"""Filing: a return as filed, what moved since, and what an amendment means."""
