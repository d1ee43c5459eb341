"""Meters: plugs, panels and home automation, asked as real ones are."""
