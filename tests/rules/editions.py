"""Editions of the law for tests: the files that ship, with a year added as a person adds it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lotwork.rules.missing import Missing


def with_year(files: dict[str, bytes], lacking: Iterable[Missing], year: int) -> dict[str, bytes]:
    """Return *files* with every figure *lacking* as it last stood.

    Its last version is written down again for *year*, or called enacted where it is only announced.
    """
    texts = {topic: content.decode() for topic, content in files.items()}
    for each in lacking:
        topic, _, name = each.path.rpartition("/")
        block = block_of(texts[topic], name, str(each.last.from_))
        if each.lacks == "enactment":
            enacted = re.sub(r'^status = ".*"$', 'status = "enacted"', block, flags=re.MULTILINE)
            texts[topic] = texts[topic].replace(block, enacted)
        else:
            again = re.sub(r"^from = .*$", f"from = {year}-01-01", block, flags=re.MULTILINE)
            texts[topic] = f"{texts[topic].rstrip()}\n\n{re.sub('^until = .*$', '', again, flags=re.MULTILINE)}"
    return {topic: text.encode() for topic, text in texts.items()}


def block_of(text: str, name: str, from_: str) -> str:
    """Return the version of *name* from the day *from_* as its file has it: the block and the table of its value."""
    blocks = re.findall(
        rf"^\[\[{name}\.in_force\]\]\n(?:(?!\[).*\n?|\[{name}\.in_force\.value\]\n)*", text, re.MULTILINE
    )
    (found,) = (block for block in blocks if f"from = {from_}\n" in block)
    return str(found)
