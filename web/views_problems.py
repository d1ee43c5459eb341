"""The page of problems: every finding in plain words, what it does to the figures, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.events import Event
from projections.findings import Finding
from web.reading import Reading
from web.wording import day, words

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a code means: a title, whether a return cannot be filed with it, and the command that mends it.

    In a command `{event}` stands for the event the finding is at, and `{book}` for the book, both fit for a shell.
    """

    title: str
    blocks: bool = False
    command: str = ""


REMEDIES = {
    "receipt_pending": Remedy("A receipt has no price yet", True, "lotwork --book {book} poll"),
    "fee_pending": Remedy("A transfer fee has no price yet", True, "lotwork --book {book} poll"),
    "movement_unexplained": Remedy(
        "Coins left a wallet, and nobody said why",
        True,
        "lotwork --book {book} add correction at=NOW target={event} reason='what it was' "
        'set=\'{{"kind": "sale", "proceeds_usd": "AMOUNT", "disposition": "spent"}}\'',
    ),
    "coins_missing": Remedy("More coins left a wallet than it held", True, "lotwork --book {book} import FILE"),
    "balance_differs": Remedy("A wallet's balance is not what the events say", True),
    "prices_apart": Remedy(
        "Two price sources disagree",
        False,
        "lotwork --book {book} add void at=NOW target=PRICE_ID reason='the price is wrong'",
    ),
    "selection_late": Remedy("Lots were chosen too late"),
    "lot_not_held": Remedy("A chosen lot was not there"),
    "loss_not_deducted": Remedy("A loss that is not deducted"),
    "correction_does_not_fit": Remedy(
        "A correction could not be applied",
        True,
        "lotwork --book {book} add void at=NOW target={event} reason='it does not fit'",
    ),
    "twins_disagree": Remedy("Two sources tell one payment differently", True),
    "category_unknown": Remedy("An expense's category looks like a slip"),
    "profile_assumed": Remedy(
        "Facts about you were assumed",
        False,
        "lotwork --book {book} add profile at=NOW filing_status=single time_zone=America/New_York activity=business",
    ),
    "prior_year_unknown": Remedy(
        "Last year's tax is not recorded",
        False,
        "lotwork --book {book} add year_facts at=NOW year={year} prior_year_tax_usd=AMOUNT prior_year_agi_usd=AMOUNT",
    ),
    "hobby_deducts_nothing": Remedy("A hobby deducts no expenses"),
    "jurisdiction_not_us": Remedy("These are the figures of US law"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: its sentence, the event it stands at, and what that event is."""

    message: str
    event: str
    about: str


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Every finding of one code; `more` were left out of `shown`."""

    code: str
    title: str
    blocks: bool
    count: int
    command: str
    shown: Sequence[Told]

    @property
    def more(self) -> int:
        """How many findings are not shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """What the page shows, what blocks a return first."""

    count: int
    blocking: int
    groups: tuple[ProblemGroup, ...]


def problems_view(reading: Reading) -> ProblemsView:
    """Return the findings of *reading*, one group a code."""
    codes = dict.fromkeys(finding.code for finding in reading.findings)
    groups = sorted(_groups(reading, codes), key=lambda group: not group.blocks)
    return ProblemsView(
        count=len(reading.findings),
        blocking=sum(group.count for group in groups if group.blocks),
        groups=tuple(groups),
    )


def _groups(reading: Reading, codes: dict[str, None]) -> Iterator[ProblemGroup]:
    for code in codes:
        told = [finding for finding in reading.findings if finding.code == code]
        remedy = REMEDIES.get(code, Remedy(words(code)))
        yield ProblemGroup(
            code,
            remedy.title,
            remedy.blocks,
            len(told),
            command_for(remedy, told[0], reading),
            tuple(_told(reading, told[:MOST_SHOWN])),
        )


def _told(reading: Reading, findings: Sequence[Finding]) -> Iterator[Told]:
    """Yield *findings* with what their events are: the day, the coins, the wallet."""
    ids = {finding.event for finding in findings if finding.event}
    log = reading.history.log.read(reading.book, up_to=reading.head.position, ids=ids) if ids else ()
    about = {event.id: _about(reading, event) for _, event in log}
    for finding in findings:
        yield Told(finding.message, finding.event or "", about.get(finding.event or "", ""))


def _about(reading: Reading, event: Event) -> str:
    parts = [day(reading.history.calendar.day(event.at))]
    quantity, asset = getattr(event, "quantity", None), getattr(event, "asset", None)
    if quantity is not None and asset is not None:
        parts.append(f"{reading.coins(quantity, asset)} {asset}")
    wallet = getattr(event, "wallet", None) or getattr(event, "from_wallet", None)
    return ", ".join([*parts, wallet] if wallet else parts)


def command_for(remedy: Remedy, finding: Finding, reading: Reading) -> str:
    """Return the command that mends *finding*, to be copied into a shell as it stands; empty where there is none."""
    command = remedy.command.replace("at=NOW", f"at={reading.today}T12:00:00Z")
    event = shlex.quote(finding.event or "EVENT_ID")
    return command.format(book=shlex.quote(reading.book), event=event, year=reading.year)
