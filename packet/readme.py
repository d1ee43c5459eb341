"""README.txt of a packet: what it is, what it proves, and what not, for whoever opens it first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

README = "README.txt"
WHAT_IS_IN_IT = (
    ("forms/", "Form 8949 by box, Schedule D, the lots behind the rows, the return by line, and imports for programs."),
    ("results/", "income, gains, open lots and the return, as the program answers them; amounts are exact texts."),
    ("findings.json", "what was asked about the year, what stands in the way of filing, who acknowledged it."),
    ("filed.json", "the return as it was filed, if it was, and each line that has moved since."),
    ("prices.json", "each receipt of the year with its price and the source of the price."),
    ("events.jsonl", "every recorded event of the book with its hash; corrections and voids are events too."),
    ("chain.json", "where the book began and where it ends: its head."),
    ("decisions.json", "what was judged and is not computed: which events tell of the same coins, what is in doubt."),
    ("law/, formulas/, law.json", "the figures of law in force, with citations, the formulas, and their digest."),
    ("evidence/", "the raw answers, bills and receipts behind the events, each named by its SHA-256."),
    ("manifest.json", "every member with its size and SHA-256."),
    ("verify.py", "the program that checks all this. It needs Python 3.9 or later and nothing else."),
)  # fmt: skip


def readme_lines(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the README of the packet that *manifest* describes."""
    year, book = manifest["year"], manifest["book"]
    yield f"{'DRAFT: ' if manifest['draft'] else ''}Records of {year} for the preparer, book {book}"
    yield ""
    yield "Made by Lotwork. Worksheets, not official forms, and no tax advice."
    for why in manifest["draft_because"]:
        yield f"Draft, because {why}"
    yield ""
    yield "TO CHECK IT (offline; nothing is written and nothing in the packet is run but verify.py itself):"
    yield "  unpack it, open a terminal in its folder, and type:   python3 verify.py"
    yield "  or of the ZIP as it is, to the byte:                  python3 verify.py PACKET.zip"
    yield "Each line of the answer says what was checked. It ends with exit code 0 only if everything holds."
    yield ""
    yield "THE HEAD. The last hash of the log binds every event before it. This packet's head is"
    yield f"  {manifest['head']}   (position {manifest['position']})"
    yield "Anyone who changes one thing is found by verify.py. Someone who makes up everything anew, events, hashes,"
    yield "manifest and this text, is found in one way only: by the head. Ask the taxpayer for it by another way (a"
    yield "letter, a call, an earlier packet), and type:           python3 verify.py PACKET.zip --head HASH"
    yield "The head binds the events and their evidence. Income, lots, gains and Form 8949 are computed anew from them."
    yield "The tax lines of the return, findings and this text are bound by the manifest; have the SHA-256 of the ZIP"
    yield "by that other way too where those matter. Whoever distrusts this verify.py takes one from a trusted packet."
    yield ""
    if manifest["left_out"]["addresses"]:
        yield "LEFT OUT: addresses. An event that held one is shown in part, with the hash it has in the log: the chain"
        yield "holds, and what is still shown of it is the packet's word. Transaction ids are shown."
        yield ""
    if manifest["left_out"]["evidence"]:
        yield f"LEFT OUT: {len(manifest['left_out']['evidence'])} pieces of evidence."
        yield "Events hold their SHA-256: ask for one, and compare."
        yield ""
    yield "WHAT IS IN IT"
    for name, what in WHAT_IS_IN_IT:
        yield f"  {name}: {what}"
