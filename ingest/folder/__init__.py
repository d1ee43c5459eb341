"""A folder of files as a source: each let in once, through the same door as `lotwork import`."""
