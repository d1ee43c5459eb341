"""What docs/sources.md says of each source, written from its declaration: `make sources`."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.profiles.profile import profiles
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from tests.architecture.house import ROOT

WIDTH = 120
PAGE = ROOT / "docs" / "sources.md"
BEGIN = "<!-- From here on written by `make sources`, from the declarations in ingest/: change them there. -->\n"
BEGIN_PRICES = "<!-- From here on written by `make sources`, from what ingest/prices/ declares: change it there. -->\n"
BEGIN_PROFILES = "<!-- From here on written by `make sources`, from ingest/profiles/known/: change it there. -->\n"
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


def section_of_prices(source: DeclaredPrices) -> str:
    """Return the section of one source of prices."""
    return f"""
### {source.label}: `"{source.name}"`

{source.docs.strip()}

{paragraph(f"It cannot see: {source.cannot_see}")}

```toml
[prices]
{source.example.strip()}
```
"""


def table_of_profiles() -> str:
    """Return what each profile reads, a row each."""
    head = "\n| profile | reads | into the wallet | and says |\n|---|---|---|---|\n"
    rows = (
        f"| `{name}` | {profile.title} | `{profile.wallet}` | {'Refused: ' if profile.refused else ''}"
        f"{profile.refused or profile.docs} |\n"
        for name, profile in profiles().items()
    )
    return head + "".join(rows)


def paragraph(words: str) -> str:
    """Return *words* in lines of the page's width."""
    return fill(" ".join(words.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def rewritten(page: str) -> str:
    """Return *page* with the section of every declared source, and what is written by hand around them as it is."""
    page = replaced(page, BEGIN, "".join(map(section_of, SOURCES)))
    page = replaced(page, BEGIN_PROFILES, table_of_profiles())
    return replaced(page, BEGIN_PRICES, "".join(map(section_of_prices, PRICE_SOURCES)))


def replaced(page: str, begin: str, sections: str) -> str:
    """Return *page* with *sections* between *begin* and the next end."""
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(END)
    return f"{before}{begin}{sections}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
