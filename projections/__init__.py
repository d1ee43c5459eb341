"""Pure folds: history and law in, a frozen book out."""
