"""Calendars of OpenTimestamps: what commits a digest to a block of Bitcoin, and the proof that they give."""
