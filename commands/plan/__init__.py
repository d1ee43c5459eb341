"""The plans on the command line: each asks projections/plan/ and shows what reports/plan/ has of the same name."""
