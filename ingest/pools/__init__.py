"""Mining pools: what each says it credited and paid."""
