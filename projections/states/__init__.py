"""The return of the state beside the federal one: where the taxpayer lived, its own depreciation, what it comes to."""
