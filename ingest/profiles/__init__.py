"""Files that are known by their face: a profile a file of TOML, and the few readers that turn their rows into events."""
