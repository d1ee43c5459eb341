"""Files of rows, CSV among them: what their columns are, and the events they become."""
