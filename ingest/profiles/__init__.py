"""Files that are known by their face: a profile a file of TOML, and readers that turn rows into events."""
