"""Why what waits for a price waits, told where it is asked about: each state with what there is to do in it.

The fold knows only that no price is recorded. Whether nobody was asked yet, whether none exists, or whether it was not
reached stands in `prices-asked.json` of the home, which is no part of the ledger: it changes words, and no figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lotwork.ingest.prices.fetch import Wanted
from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from lotwork.ledger.history import History, Log
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.projections.findings import Finding
from lotwork.projections.unpriced import ANSWERS, IN_WORDS
from lotwork.service.prices_asked import Left, key_of, read

PENDING = frozenset({"receipt_pending", "fee_pending"})
"""The codes of what waits for a price."""


def with_price_states(home: Path, book: str, log: Log, findings: Iterable[Finding]) -> list[Finding]:
    """Return *findings*, in which each that waits for a price says why, where it was asked for in vain.

    What a price was asked for is the coin and the instant as corrections leave them, and so it is looked up by those.
    """
    told = [*findings]
    waiting = [each.event for each in told if each.code in PENDING and each.event is not None]
    notes = read(home).books.get(book) if waiting else None
    if not notes:
        return told
    history = History.read(log, book)
    events = {event.id: history.corrected(event) for _, event in log.read(book, ids=waiting)}
    return [_told(each, events.get(each.event or ""), notes) if each.code in PENDING else each for each in told]


def _told(finding: Finding, event: Event | None, notes: dict[str, Left]) -> Finding:
    if not isinstance(event, Receipt | Transfer | Movement):
        return finding
    note = notes.get(key_of(Wanted(event.asset, event.at)))
    if note is None:
        return finding
    words = f"{event.id} has no price yet and is in no figure: {state_of(note)}: {remedy_of(note, event)}"
    return finding._replace(message=words)


def state_of(note: Left) -> str:
    """Return why a price was not had, in words, and what its sources said."""
    reason = note.reason.rstrip(". ")
    return reason if reason.startswith(IN_WORDS[note.why]) else f"{IN_WORDS[note.why]} ({reason})"


def remedy_of(note: Left, of: Receipt | Transfer | Movement | Wanted) -> str:
    """Return what there is to do about a price that was not had."""
    by_hand = f"`lotwork add price asset={of.asset} at={print_instant(of.at)} price_usd=…`"
    if note.why in ANSWERS:
        other = "put another source behind those asked, or ask anew with `lotwork poll --anew`"
        later = "" if note.again is None else f"it is asked for again after {_second(note)}; or "
        return f"{later}record it with {by_hand}, {other}"
    after = "" if note.again is None else f" after {_second(note)}"
    if note.why == "rate_limited":
        return f"`lotwork run` or `lotwork poll` asks again{after}, not before; or record it with {by_hand}"
    if note.why in ("too_recent", "round_over"):
        return f"`lotwork run` or `lotwork poll` asks for it{after}"
    return f"`lotwork poll` asks again at once, `lotwork run`{after or ' by itself'}; or record it with {by_hand}"


def _second(note: Left) -> str:
    return "" if note.again is None else print_instant(note.again.replace(microsecond=0))
