"""What an exchange is here: how its account is asked, and its rows in the words and columns of its own export.

So the meaning of a row is said once, in the profile of the export, and what the API and a file both tell has one form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from lotwork.ingest.asking.json_guard import JsonValue

LONGEST_WALK = 2_000
"""Pages of one list that are asked for in one look."""
BELOW_0 = "its fee is below 0: a rebate, which no rule makes an event of: record the trade by hand"
"""What is asked of a trade whose fee was paid to the account, instead of by it."""
DOLLARS_EARNED = "income in dollars: record it with `lotwork add business_income`, where it is"
"""What is asked of money that was earned, and is no coin."""


class Asked(NamedTuple):
    """What one question brought, and the SHA-256 that its raw text is kept under."""

    value: JsonValue
    evidence: str


class Ask(Protocol):
    """Asks an exchange; raises as a source does."""

    def __call__(self, call: str, params: Mapping[str, Any]) -> Asked:
        """Return the answer to *call*, by ccxt's name for it."""
        ...


class Span(NamedTuple):
    """What one walk covers."""

    start: datetime
    end: datetime
    first: datetime
    """Before this nothing of the account is of interest."""


class Cells(NamedTuple):
    """One row as the export's columns would have it, by role."""

    ref: str
    """What the exchange calls it, for a person who looks for it there."""
    at: datetime
    roles: Mapping[str, str]
    evidence: str
    waits: str = ""
    """Why a person must say what it is, where no rule can: its coins are then held as a question."""


@dataclass(kw_only=True)
class Told:
    """What an account told of a span."""

    rows: list[Cells] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    """Where each list that has no dates is to be read on from."""
    waiting: list[datetime] = field(default_factory=list)
    """When things happened that are not over yet: the next look begins no later."""
    notes: list[str] = field(default_factory=list)
    """What a person must know of it."""
    left_out: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    """What the exchange's ids begin with of rows that it could not be asked for, empty for all: none is taken back."""


class Rights(NamedTuple):
    """What a key may do, as the exchange says."""

    spends: tuple[str, ...] = ()
    """What lets it send coins away: such a key is refused."""
    trades: tuple[str, ...] = ()
    """What lets it trade, or change something: a person is told."""
    account: str = ""
    unknown: str = ""
    """Why it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One exchange."""

    service: str
    """What ccxt calls it."""
    profile: str
    """The profile whose columns its rows have."""
    form: int
    """Which of the profile's headers."""
    rights: Callable[[Ask], Rights]
    read: Callable[[Ask, Span, Mapping[str, str], tuple[str, ...]], Told]
    """Returns what the account tells of a span, from the marks of the look before, about the pairs of the settings.

    An empty mark is that of a list which is read from its beginning again.
    """
    window: timedelta | None
    """The longest span asked for at once; None: all of it."""
    overlap: timedelta
    """How far back each look reaches again, for what is told late."""
    lists_all: bool
    """Whether each look tells every row of its span again, so that one which is missing was taken back."""
    forgets: bool = False
    """Whether its lists may drop what is old: then nothing older than the oldest of its kind was taken back."""
    how_to_read: str
    """How a key is made that may only read."""
