"""What a release is asked of a kept home: every command that reads, of every book; and which words are no figure."""

from __future__ import annotations

import json
import lzma
import re
import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
HOME, ANSWERS, CHANGES = HERE / "home.tar.gz", HERE / "answers.json.xz", HERE / "changes.diff"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
"""When the questions are asked, then and now: what is read may go by the day, and the home was left the day before."""
BOOKS: Mapping[str, tuple[int, ...]] = {
    "demo": (2025, 2026),
    "first": (2024, 2025),
    "g2024": (2024,),
    "g2025": (2025, 2026),
    "g2026": (2026,),
}
COUNTRIES = ("cn", "jp", "de", "pt")
FILED, YEAR_FILED = "g2025", "2025"
OF_A_BOOK = (
    "lots", "lots --at 2025-12-31", "head", "export", "replay --from-zero", "plan sale 0.01", "plan harvest",
    "plan set-aside", "plan structure", "plan activity", "plan year-end",
)  # fmt: skip
OF_A_YEAR = ("income", "gains", "expenses", "equipment", "liability", "quarterly", "quarterly --annualized",
             "reconcile broker", "reconcile pool")  # fmt: skip
OF_THE_LAW = ("rules list", "rules show us/self_employment/oasdi_wage_base", "rules show us/ordinary/tops",
              "rules show de/income/tariff", "rules diff shipped shipped")  # fmt: skip
MASKS: Mapping[str, str] = {
    r'("seconds": )"[0-9.]+"': "how long a replay took",
    r'("events_per_second": )[0-9]+': "the same",
    r'("(?:law|before|after)": )"[0-9a-f]{64}"': "the digest of a law, which covers the text of its formulas (ADR 8);"
    " the one that the log itself holds of a filing is exported without a space, and so is compared",
}
"""What of an answer goes by its run or by the text of the program, and why it says nothing of the figures."""


def unpack(folder: Path) -> Path:
    """Lay the kept home into *folder*."""
    with tarfile.open(HOME) as kept:
        kept.extraction_filter = getattr(tarfile, "data_filter", None)  # which Debian's 3.11.2 does not know
        kept.extractall(folder)  # noqa: S202 - our own
    return folder


def questions() -> Iterator[str]:
    """Yield the words of every command that is asked, each followed by --json."""
    yield "verify"
    yield from OF_THE_LAW
    for book, years in BOOKS.items():
        for words in OF_A_BOOK:
            yield f"--book {book} {words}"
        for year in years:
            for words in OF_A_YEAR:
                yield f"--book {book} {words} --year {year}"
            for country in COUNTRIES:
                yield f"--book {book} liability --year {year} --jurisdiction {country}"
    yield "--book demo plan year-end --rig 4000"
    yield f"--book {FILED} diff --filed {YEAR_FILED}"
    yield f"--book {FILED} liability --year {YEAR_FILED} --law filed:{YEAR_FILED}"
    yield f"--book {FILED} rules diff filed:{YEAR_FILED} shipped"


def masked(answer: str) -> str:
    """Return an answer without what the masks tell of."""
    for mask in MASKS:
        answer = re.sub(mask, r"\1*", answer)
    return answer


def kept() -> dict[str, str]:
    """Return what the former release answered to each question, to the byte."""
    with lzma.open(ANSWERS, "rt", encoding="utf-8", newline="") as file:
        answers = json.load(file)
    assert isinstance(answers, dict)
    return answers
