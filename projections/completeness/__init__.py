"""Whether all that was mined was booked: work told, what it should have brought, and rows that came."""
