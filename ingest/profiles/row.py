"""A row of a known file: its cells by the role they play, read as strictly as any amount that comes in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from lotwork.ingest.profiles.face import Face
from lotwork.ingest.profiles.profile import fold
from lotwork.ingest.profiles.times import clock_of, read_instant
from lotwork.ingest.sheets.assets import asset_named
from lotwork.ingest.sheets.cells import parse_number
from lotwork.ingest.sheets.clocks import of_another_year
from lotwork.ingest.sheets.table import SHOWN
from lotwork.ingest.sheets.undone import NEVER
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import MICRO, ZERO, AmountError

TOO_MUCH = 10**20
AGAIN = "export the file again, unchanged"
MOST_OF_A_ROW = 6
"""A row with an id of the source's is so many events at most: two legs, their fees, and one to spare."""
_ROLE = re.compile(r"\{(\w+)\}")
SIGNS = "$€£₿"
MARK, BY_HAND = "row:", "by hand"
READ_SINCE = frozenset({"came_output", "left_output", "leaves"})
"""Roles that a release came to read: what a row is known by stays as it was."""
_NUMERIC = re.compile(r"[-+\u2212()$0-9.,eEUSD ]+")
"""What may be a number, however it is spelled."""
DECIMAL_COMMA = re.compile(r"[+-]?(0,[0-9]+|[0-9]+,([0-9]{1,2}|[0-9]{4,})|[0-9],[0-9]+[eE][+-]?[0-9]{1,2})", re.ASCII)
"""What can be no grouping, of three figures and never behind a 0 alone: a spreadsheet of another country wrote it."""
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+", re.ASCII)
"""What is grouped by points where the file has decimal commas, and else has a decimal point."""
GROUPED_COMMA = re.compile(GROUPED.pattern + ",[0-9]+", re.ASCII)


class CellError(Exception):
    """A cell does not say what its column must; the file is refused."""

    def __init__(self, column: str, reason: str, remedy: str) -> None:
        self.column = column
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{column}: {reason}: {remedy}")


class NoEvent(Exception):  # noqa: N818 - not an error: the row is no event
    """A row is no event; the words say why, and whether a person has to say more about it, and how.

    It is *undone* where its state says that it did not happen: it may have said otherwise before. *gone* is what its
    events are known by, where it may have told some before.
    """

    def __init__(
        self, why: str, *, asked: bool = False, how: str = "", undone: bool = False, gone: tuple[str, ...] = ()
    ) -> None:
        self.why = why
        self.asked = asked
        self.how = how
        self.undone = undone
        self.gone = gone
        super().__init__(why)


class Told(NamedTuple):
    """What a person said of a file, beside what stands in it (`--set key=value`, `--wallet`)."""

    wallet: str = ""
    zone: str = ""
    asset: str = ""
    skip: frozenset[str] = frozenset()
    inflow: str = ""
    from_wallet: str = ""
    pool: str = ""
    prices: str = ""
    meter: str = ""
    only: str = ""
    category: str = ""
    business_share: str = ""
    date_format: str = ""
    """The order of days with strokes (`%d/%m/%Y`), where a file is of no country."""
    home_zone: str = ""
    """The zone of the taxpayer's profile, in which a clock of his own is read."""


class Row(NamedTuple):
    """One row, with where it stands and the file it stands in."""

    file: str
    line: int
    cells: Mapping[str, str]
    face: Face
    told: Told
    not_yet: str = ""
    """What stands in it, beside its word and its state, and says that it has not happened yet."""
    commas: bool = False
    """Whether the file has decimal commas."""

    @property
    def where(self) -> str:
        """The place of the row, as a problem names it."""
        return f"{self.file}:{self.line}"

    def column(self, role: str) -> str:
        """Return the name of the column that plays *role*."""
        place = self.face.places.get(role)
        return role if place is None else self.face.header[place]

    def has(self, role: str) -> bool:
        """Say if the cell of *role* is there and says something."""
        return bool(self.text(role))

    def text(self, role: str) -> str:
        """Return what the cell of *role* says; empty where there is none."""
        return self.cells.get(role, "")

    def number(self, role: str) -> Decimal | None:
        """Return the number in the cell of *role*, with its sign; None where it is empty, or says "-"."""
        text = self.text(role)
        if not text or text in ("-", "N/A"):
            return None
        plain = pointed(without_signs(text))
        if self.commas and GROUPED.fullmatch(plain):
            reason = f"{text[:SHOWN]!r} may be grouped or have a decimal point, in a file of decimal commas"
            raise CellError(self.column(role), reason, "export the file again, unchanged, or write it without points")
        if "," in plain and "." not in plain and plain == text:
            reason = f"{text[:SHOWN]!r} may be grouped or have a decimal comma"
            raise CellError(self.column(role), reason, "export it with points")
        try:
            number = parse_number(plain, thousands="," if "," in plain else "")
        except AmountError as broken:
            raise CellError(self.column(role), broken.reason, AGAIN) from None
        if abs(number) >= TOO_MUCH:
            raise CellError(self.column(role), f"{text[:SHOWN]!r} is more than there is of anything", AGAIN)
        return number

    def money(self, role: str) -> Decimal | None:
        """Return the dollars in the cell of *role*, to the micro-dollar, with their sign."""
        number = self.number(role)
        named = self.face.tickers.get("money", "USD")
        if number and named != "USD" and "{money}" in self.face.form.columns.get(role, ""):
            raise CellError(self.column(role), f"it tells {named}, and figures are in dollars", "export it in USD")
        return None if number is None else number.quantize(MICRO, ROUND_HALF_EVEN)

    def needed(self, role: str) -> Decimal:
        """Return the number in the cell of *role*, which must be there."""
        number = self.number(role)
        if number is None:
            raise CellError(self.column(role), "it is empty", AGAIN)
        return number

    def asset(self, role: str = "asset") -> str:
        """Return the coin or money that the cell of *role* names; of a file that names none, the one it is of."""
        profile = self.face.profile
        given = self.told.asset or self.face.tickers.get(role) or profile.asset
        named = self.text(role) or (given if role not in self.face.places else "")
        if not named:
            raise CellError(self.column(role), "no coin is named", "say which with --set asset=BTC")
        return asset_named(named, profile.aliases)

    def dollars_only(self, role: str) -> None:
        """Refuse amounts that are told in another money than the dollar."""
        named = self.text(role)
        if named and asset_named(named) != "USD":
            raise CellError(
                self.column(role),
                f"the file tells {named[:SHOWN]}, and figures are in dollars",
                "export it in USD, or record it by hand",
            )

    def instant(self, role: str = "at") -> str:
        """Return the instant of the cell of *role*."""
        profile = self.face.profile
        zone = (
            self.told.zone
            or self.text("zone_word")
            or ("UTC" if profile.zone is None else profile.zone or self.told.home_zone)
        )
        try:
            told = read_instant(self.text(role), profile.times, "UTC" if self.face.says_utc else zone)
        except AmountError as broken:
            raise CellError(self.column(role), broken.reason, broken.remedy) from None
        self._check_year(role, told)
        return print_instant(told)

    @property
    def ref(self) -> str:
        """The source's own id of the row, as its profile makes it; empty where a part of it is."""
        template = self.face.profile.id
        roles = _ROLE.findall(template)
        return _ROLE.sub(lambda role: self.text(role[1]), template) if all(map(self.has, roles)) else ""

    def plain_cells(self) -> list[tuple[str, str]]:
        """Return what its cells say, by role, as no version of an export writes it otherwise."""
        return sorted((role, _plain(text)) for role, text in self.cells.items() if text and role not in READ_SINCE)

    @property
    def mark(self) -> str:
        """What `--set skip` names this row by, wherever it stands: the digest of what its cells say."""
        return MARK + hashlib.sha256(repr(self.plain_cells()).encode()).hexdigest()[:12]

    @property
    def clock(self) -> datetime | None:
        """What the clock of its time showed, where nothing says in which zone: it is taken for UTC."""
        return self._clock("at") if "at" in self.face.places else None

    def _clock(self, role: str) -> datetime | None:
        if self.told.zone or self.text("zone_word") or self.face.says_utc or self.face.profile.zone is not None:
            return None
        return clock_of(self.text(role), self.face.profile.times)

    def _check_year(self, role: str, told: datetime) -> None:
        """Refuse a time whose tax year hangs on a zone that nobody named."""
        home = self.told.home_zone
        if not home or self._clock(role) is None:
            return
        wrong = of_another_year(self.text(role), told, home)
        if wrong is not None:
            raise CellError(self.column(role), *wrong)

    def day(self, role: str) -> date:
        """Return the day the cell of *role* tells: where it tells a time with its zone, that in UTC."""
        try:
            told = datetime.fromisoformat(self.text(role))
        except ValueError:
            raise CellError(self.column(role), f"{self.text(role)[:SHOWN]!r} is no day", "export it again") from None
        return (told if told.tzinfo is None else told.astimezone(UTC)).date()  # never by the clock of this machine

    def meaning(self, role: str = "type") -> str:
        """Return what the word in the cell of *role* means. Raises CellError where no rule knows it."""
        word = self.text(role)
        column, profile = self.column(role), self.face.profile
        if fold(word) in self.told.skip:
            raise NoEvent(f'{column} is "{word[:SHOWN]}", which --set skip names')
        found = self.face.meaning(word)
        if found is None:
            raise CellError(
                column,
                f"{word[:SHOWN]!r} is no word that {profile.title} is known to write",
                f"record what it is by hand, and leave such rows out with --set 'skip={word[:SHOWN]}'",
            )
        way, colon, reason = found.partition(": ")
        if not colon:
            return found
        if way == "refused":
            raise CellError(column, f'"{word[:SHOWN]}": {reason}', f"leave it out with --set 'skip={word[:SHOWN]}'")
        said = f'{column} is "{word[:SHOWN]}"' if word else f"{column} is empty"
        raise NoEvent(f"{said}: {reason}", asked=way == "asked")

    @property
    def is_done(self) -> bool:
        """Whether its status, where it has one, says that it happened."""
        return "status" not in self.face.places or fold(self.text("status")) in map(fold, self.face.profile.done)

    @property
    def is_said_undone(self) -> bool:
        """Whether its status is one of those that say that it did not happen, and nobody leaves such rows out."""
        word = fold(self.text("status"))
        return not self.is_done and word in map(fold, self.face.profile.not_done) and word not in self.told.skip

    def check_done(self) -> None:
        """Leave the row out where its status says that it did not happen; refuse a status nobody knows."""
        if self.is_done:
            return
        word, profile = self.text("status"), self.face.profile
        skipped, undone = fold(word) in self.told.skip, fold(word) in map(fold, profile.not_done)
        if skipped or undone:
            by_id = self.ref and fold(word) in NEVER
            raise NoEvent(
                f'{self.column("status")} is "{word[:SHOWN]}"',
                undone=undone and not by_id,
                gone=(self.ref, "", *map(str, range(2, MOST_OF_A_ROW + 1))) if by_id else (),
            )
        raise CellError(
            self.column("status"),
            f"{word[:SHOWN]!r} is no state that {profile.title} is known to write",
            f"record what it is by hand, and leave such rows out with --set 'skip={word[:SHOWN]}'",
        )


_TOTALS = re.compile(r"(?:(?:grand|sub)[ -]?)?(?:totals?|sum):?", re.IGNORECASE)
"""What stands where a spreadsheet has added up the rows above."""


def pointed(text: str) -> str:
    """Return a number with a decimal point where its comma can be nothing else; any other text as it is."""
    if GROUPED_COMMA.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text


def as_if_done(row: Row) -> Row:
    """Return *row* as it would stand in the file had it happened."""
    return row._replace(cells={**row.cells, "status": row.face.profile.done[0]})


def refuse_skipped(rows: Sequence[Row], told: Told) -> None:
    """Leave rows of one deal out where `--set skip` names one of them by its mark."""
    marks = [word for word in told.skip if word.startswith(MARK)]
    if marks and any(row.mark in marks for row in rows):
        raise NoEvent("--set skip names the row")


def remedy_of(wrong: CellError, row: Row) -> str:
    """Return what to do about *wrong*; where the row is recorded by hand, how the rest of its file is read."""
    if any(_TOTALS.fullmatch(text.strip()) for text in row.cells.values()):
        return f"it looks like a line of totals: leave it out with --set skip={row.mark}"
    by_hand = wrong.remedy.endswith(BY_HAND)
    return f"{wrong.remedy}, and leave the row out with --set skip={row.mark}" if by_hand else wrong.remedy


def _plain(text: str) -> str:
    """Return a cell as no version of an export writes it otherwise: a number without signs and zeros behind."""
    bare = pointed(" ".join(text.split()))
    if _NUMERIC.fullmatch(bare) is None:
        return bare
    with suppress(AmountError):
        number = parse_number(bare.lstrip("$"), thousands="," if "," in bare and "." in bare else "")
        return f"{number.normalize():f}" if number else f"{ZERO}"
    return bare


def without_signs(text: str) -> str:
    """Return *text* without the signs of moneys."""
    for sign in SIGNS:
        text = text.replace(sign, "", 1)
    return text.strip()
