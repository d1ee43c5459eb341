"""What declares the coins that a file names and that are not built in, so that nobody has to look up their decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotwork.ingest.sheets.assets import DECIMALS
from lotwork.ledger.public_form.jsonlines import TextLine


def declaring(lines: Iterable[TextLine]) -> Iterator[TextLine]:
    """Yield an `asset` for each coin of *lines* whose decimals are known here; a book that has it keeps its own."""
    seen: set[str] = set()
    for where, told, *_ in lines:
        coin = str(told.get("asset"))
        if coin in DECIMALS and coin not in seen:
            seen.add(coin)
            content = {"kind": "asset", "id": f"asset:{coin}", "at": told["at"], "source": told["source"]}
            yield TextLine(where, content | {"asset": coin, "decimals": DECIMALS[coin]}, unless_known=True)
