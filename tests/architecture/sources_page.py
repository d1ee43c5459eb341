"""What docs/sources.md says of each source, written from its declaration: `make sources`."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.register import SOURCES
from tests.architecture.house import ROOT

WIDTH = 120
PAGE = ROOT / "docs" / "sources.md"
BEGIN = "<!-- From here on written by `make sources`, from the declarations in ingest/: change them there. -->\n"
END = "<!-- From here on written by hand again. -->\n"


def section_of(source: DeclaredSource[Any]) -> str:
    """Return the section of one source."""
    return f"""
## {source.label}: `[[sources.{source.kind}]]`

{source.docs.strip()}

{paragraph(f"It cannot see: {source.cannot_see}")}

{paragraph(f"Amounts: {source.units}. Times: {source.times}.")}

```toml
{source.example.strip()}
```
"""


def paragraph(words: str) -> str:
    """Return *words* in lines of the page's width."""
    return fill(" ".join(words.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def rewritten(page: str) -> str:
    """Return *page* with the section of every declared source, and what is written by hand around them as it is."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{''.join(map(section_of, SOURCES))}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
