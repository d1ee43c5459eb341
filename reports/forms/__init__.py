"""Form 8949 in files: in the IRS's own columns, and as the programs of preparers import it."""
