"""The income tax of the states: one function over dated tables, one table a state."""
