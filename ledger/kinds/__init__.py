"""What can happen: each kind of event, as a struct that refuses what cannot be."""
