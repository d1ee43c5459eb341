"""What to tell the taxpayer, and the outbox that tells it."""
