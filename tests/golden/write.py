"""`make golden`: write the kept returns anew and show what changed, to be read and committed with its reason."""

from __future__ import annotations

import difflib
import sys

from tests.golden.returns import HERE, folders, made, text


def main() -> None:
    """Write every file, and print the difference to what was there."""
    for folder in folders():
        for name, content in made(folder):
            path, new = folder / name, text(content)
            old = path.read_text(encoding="utf-8") if path.exists() else ""
            where = str(path.relative_to(HERE))
            before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(before, after, where, where, n=0))
            path.write_text(new, encoding="utf-8")


main()
