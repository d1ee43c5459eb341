"""`python -m lotwork` is the command `lotwork`."""

from lotwork.cli import main

main()
