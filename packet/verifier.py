"""`verify.py`: the parts of the checks joined into one file that runs alone, readable from the top to the bottom."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

HOME = Path(__file__).parent / "checks"
PARTS = (
    "telling", "container", "manifest", "chain", "amounts", "history", "law", "worth", "pools", "choices", "transition",
    "wash", "disposals", "timing", "lots", "income", "figures", "lines", "gross",
    "preparers", "forms", "state", "filed", "main",
)  # fmt: skip
"""In the order in which they are read: each needs only those before it."""
VERIFIER_NAME = "verify.py"
HEADING = '''\
#!/usr/bin/env python3
"""Verify a packet of Lotwork: the events, the law, the lots, the income and the forms of one year.

    python3 verify.py                      in the folder that the packet was unpacked into
    python3 verify.py PACKET.zip           of the ZIP itself, to the byte
    python3 verify.py PACKET.zip --head HASH

It needs Python 3.9 or later and nothing else, reads and never writes, asks no network, and runs nothing of the packet.
It computes income, lots and gains anew from the recorded events, without Lotwork. It exits with 0 only where
everything holds; each sentence says what was checked, and each failure where and why.

A packet that somebody made up whole, events and hashes and all, holds in itself. Only the head of the log tells it from
the real one: get that from the taxpayer by another way, and give it with --head.
"""
'''
OWN_IMPORT = re.compile(r"from lotwork\.[a-z_.]+ import (?:[^(\n]+|\([^)]*\))\n")
REASON_OF_A_LINTER = re.compile(r"  # (fmt: skip|noqa: [^\n]*|type: ignore[^\n]*)$", re.MULTILINE)
IMPORT = re.compile(r"^(?:import \S+|from (?!lotwork)\S+ import [^\n]+)\n", re.MULTILINE)
FUTURE = "from __future__ import annotations\n"


@cache
def verifier() -> bytes:
    """Return `verify.py`."""
    imports: set[str] = set()
    bodies = []
    for name in PARTS:
        text = (HOME / f"{name}.py").read_text(encoding="utf-8")
        _, heading, body = text.split('"""', 2)
        body = OWN_IMPORT.sub("", body.replace(FUTURE, ""))
        imports.update(IMPORT.findall(body))
        told = "\n".join(f"# {line}".rstrip() for line in heading.strip().splitlines())
        bodies.append(f"# {'-' * 117}\n{told}\n\n\n{REASON_OF_A_LINTER.sub('', IMPORT.sub('', body).strip())}\n")
    joined = _joined(imports)
    return "\n\n".join([f"{HEADING}\n{FUTURE}\n{joined}", *bodies]).encode()


def _joined(imports: set[str]) -> str:
    """Return the imports of all parts in order, each name once."""
    plain = sorted(line for line in imports if line.startswith("import "))
    named: dict[str, set[str]] = {}
    for line in imports - set(plain):
        module, names = line.removeprefix("from ").split(" import ", 1)
        named.setdefault(module, set()).update(name.strip() for name in names.split(","))
    told = [f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(named.items())]
    return "".join([*plain, *told])
