"""What a release tells of a kept home: every listing of every book, without what may change by the day or the law."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOME, FIGURES = HERE / "home.tar.gz", HERE / "figures.json"
BOOKS = {"demo": (2025, 2026), "first": (2024, 2025), "g2024": (2024,), "g2025": (2025, 2026), "g2026": (2026,)}
AS_OF = "2026-11-22"
LONG = 40
Ask = Callable[[list[str]], dict[str, Any]]


def unpack(folder: Path) -> Path:
    """Lay the home that the former release left into *folder*."""
    with tarfile.open(HOME) as kept:
        kept.extractall(folder, filter="data")
    return folder


def questions() -> Iterator[list[str]]:
    """Yield the words of every command that is asked."""
    for book, years in BOOKS.items():
        yield ["--book", book, "lots"]
        yield ["--book", book, "replay", "--from-zero"]
        for year in years:
            for name in ("income", "gains", "expenses", "equipment", "liability"):
                yield ["--book", book, name, "--year", str(year)]
            yield ["--book", book, "quarterly", "--year", str(year), "--as-of", AS_OF]
            for country in ("cn", "jp", "de", "pt"):
                yield ["--book", book, "liability", "--year", str(year), "--jurisdiction", country]
    yield ["--book", "g2025", "diff", "--filed", "2025", "--as-of", AS_OF]
    yield ["--book", "g2025", "liability", "--year", "2025", "--law", "filed:2025"]


def figures(ask: Ask) -> dict[str, Any]:
    """Return what *ask* is told to each question."""
    return {" ".join(words[1:]): shorter(ask([*words, "--json"])) for words in questions()}


def shorter(told: Any) -> Any:
    """Return *told* without law digests and times; of a long list its length and digest."""
    if isinstance(told, dict):
        dropped = ("law", "law_filed", "law_now", "seconds", "events_per_second")
        return {name: shorter(value) for name, value in told.items() if name not in dropped}
    if isinstance(told, list):
        items = [shorter(item) for item in told]
        if len(items) > LONG:
            return {"items": len(items), "sha256": hashlib.sha256(json.dumps(items).encode()).hexdigest()}
        return items
    return told
