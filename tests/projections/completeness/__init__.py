"""Tests of what should have come."""
