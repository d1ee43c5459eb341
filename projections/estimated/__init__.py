"""Estimated tax: what a period brought, what was paid when, and what is next."""
