"""The listings of `lotwork plan`: each answers the command and the fold of its name."""
