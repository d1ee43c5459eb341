"""Slips of the pen in what comes in: a date that has not come yet, a word of a command that was to be filled in.

And what is worse than a slip: a name with letters that nobody sees, which looks like another wallet's, or turns about
the line that it is shown in. What a remark says (`note`, `reason`, `cite`) may hold them, as some languages need them;
a word that points at an event recorded long ago may too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter

from lotwork.ledger import events as e
from lotwork.ledger.codec import KINDS, a_kind, kind_of
from lotwork.ledger.correcting import corrected
from lotwork.ledger.errors import InputRefusedError, Problem, code_of, hides
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.units import USD, AmountError, AssetTable

HAPPENED = (
    e.Receipt, e.Purchase, e.GiftReceived, e.Sale, e.Transfer, e.Movement, e.Expense, e.Energy, e.EnergyEstimate,
    e.Payment, e.EquipmentSale, e.BusinessIncome, e.Balance,
)  # fmt: skip
"""What cannot lie ahead. All else is dated ahead by nature: it says from when something holds (a profile, a tariff, an
election, a rig's first day of service), what a year will bring, or what was told of another day (a broker's form)."""
WALLETS = ("wallet", "from_wallet", "to_wallet")
TO_FILL_IN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(WALLETS, frozenset({"WALLET", "AMOUNT", "NAME"})),
    "reason": frozenset({"REASON"}),
    "category": frozenset({"CATEGORY", "LINE"}),
    "refund_of": frozenset({"BILL"}),
    "pool": frozenset({"POOL", "NAME"}),
    "meter": frozenset({"METER", "NAME"}),
    "usage": frozenset({"NAME"}),
    "note": frozenset({"NOTE"}),
    "explained": frozenset({"NOTE"}),
    "txid": frozenset({"TXID"}),
}
"""What stands, by key, in a command of a finding for what only the taxpayer knows; of other keys it is no value."""
ALL_TO_FILL_IN = frozenset().union(*TO_FILL_IN.values())
PLAIN_KINDS = frozenset({e.Receipt, e.Sale, e.Purchase, e.Expense})
"""Kinds that come by the million, and of which only an instant and words can be a slip."""
OF_EXCHANGES = {"XBT": "BTC", "XDG": "DOGE"}
"""What Kraken and others call a coin in a pair."""
LEGS_APART = timedelta(days=2)
"""A price and its legs are of one time; of the day at the most, told by another clock."""
CHANGE_ME = "CHANGE-ME"
"""What stands in a written map for what only the taxpayer knows; no name is spelled so, in any spelling of it."""
_CHANGE_ME = re.compile(r"\s*change[-_\s]*me\s*", re.IGNORECASE)
SLIP_IN = frozenset({"at", "kind", "paid", "txid", *TO_FILL_IN})
"""Keys that a slip can stand in."""
_OUTPUT = re.compile(r"\s*(?:0[xX])?[0-9a-fA-F]{64}:[0-9]+\s*", re.ASCII)
_PAGE = re.compile(r"\s*(?:https?:|www\.|[\w.-]+\.[a-z]{2,}/).*", re.IGNORECASE | re.DOTALL)
"""The address of a page that shows a transaction: another house's page of it has another address."""
_CUT = re.compile(r".*\w(?:…|\.{2,}).*", re.DOTALL)
"""What a page or a program shows of an id that is too long for it."""
_ROUNDED = re.compile(r"\s*[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+\s*|\s*#+\s*", re.ASCII)
"""What a spreadsheet made of an id of figures alone, or of a column that was too narrow."""


REMARKS = frozenset({"note", "reason", "cite"})
POINTERS = frozenset({"target", "refund_of", "may_repeat"})


def hidden_in(event: e.Event, where: str) -> Iterator[Problem]:
    """Yield the problem of each name of *event*, or that it sets, with a letter that nobody sees."""
    keys, read = _names_of(type(event))
    if not "".join(filter(None, read(event))).isascii():
        for key, value in zip(keys, read(event), strict=True):
            yield from hidden_in_name(key, value, where)
    if isinstance(event, e.Correction):
        for key, value in event.set_.items():
            if key not in REMARKS | POINTERS:
                yield from hidden_in_name("set", value, where)


def hidden_in_name(key: str, name: object, where: str) -> Iterator[Problem]:
    """Yield the problem of a *name* with a letter that nobody sees."""
    found = next(filter(hides, name), None) if isinstance(name, str) and not name.isascii() else None
    if found is not None:
        reason = f"{str(name)[:60]!r} holds a letter that nobody sees ({code_of(found)})"
        yield Problem(where, key, reason, "write the name without it")


@cache
def _names_of(kind: type[e.Event]) -> tuple[tuple[str, ...], Callable[[e.Event], tuple[str | None, ...]]]:
    """Return the keys of *kind* that are names, and what reads them all of an event."""
    keys = tuple(
        key.field
        for key in keys_of(str(kind.__struct_config__.tag)).values()
        if key.meaning in ("text", "word") and key.name not in REMARKS | POINTERS
    )
    return keys, attrgetter(*keys)


def is_plainly_well(event: e.Event, end: datetime | None) -> bool:
    """Say if nothing is wrong with *event* at sight: no word of it is odd, nor of a command, and it lies behind.

    The short way round `hidden_in` and `slips_of`, for kinds that come by the million; False says no more than that
    those must look.
    """
    if type(event) not in PLAIN_KINDS:
        return False
    words = _words_of(type(event))[1](event)
    told = " ".join(filter(None, words))  # type: ignore[arg-type] # keys that hold words hold texts
    return told.isascii() and is_well_told(told, words, event.at, getattr(event, "txid", None), end)


def is_plain_word(word: str) -> bool:
    """Say if a name of letters that everybody sees is no slip at sight."""
    return word not in ALL_TO_FILL_IN and "change" not in word.lower()


def is_well_told(told: str, words: Collection[object], at: datetime, txid: str | None, end: datetime | None) -> bool:
    """Say if *words*, as *told* in one line, are none of a command, *at* lies behind, and *txid* is one at sight."""
    return (
        (end is None or at <= end)
        and ALL_TO_FILL_IN.isdisjoint(words)
        and "change" not in told.lower()
        and (txid is None or txid.isalnum())
    )


def slips_of(event: e.Event, end: datetime | None, where: str) -> Iterator[Problem]:
    """Yield what is wrong with *event*; it cannot have happened after *end*, where that is given."""
    if end is not None and isinstance(event, HAPPENED):
        if event.at > end:
            yield _ahead(f"{event.at:%Y-%m-%d}", kind_of(event), where)
        elif isinstance(event, e.Energy) and event.paid is not None and event.paid > end.date():
            yield Problem(where, "paid", f"{event.paid} has not come yet", "leave it out until the bill is paid")
    keys, read = _words_of(type(event))
    for key, told in zip(keys, read(event), strict=True):
        if told is not None and _is_to_fill_in(key, told):
            yield from placeholder_in(key, told, where)
    txid = getattr(event, "txid", None)
    if txid is not None and not txid.isalnum():
        yield from _no_txid(txid, where)
    yield from _not_in_dollars(event, where)


def are_other_coins(one: str, other: str) -> bool:
    """Say if two tickers are of two coins; the old names of exchanges (XBT) are of the same."""
    names = [each.strip().upper() for each in (one, other)]
    bare = [name.removeprefix("X") if len(name) == len("XXBT") else name for name in names]
    return len({OF_EXCHANGES.get(name, name) for name in bare}) > 1


def _not_in_dollars(price: e.Event, where: str) -> Iterator[Problem]:
    """Yield why what a price says it is of does not come to dollars: of coins in euros nothing is known in dollars."""
    if not isinstance(price, e.PriceSample) or not (price.pair or price.legs):
        return
    told = [leg.pair for leg in price.legs] or [str(price.pair)]
    sides = [tuple(each.strip() for each in pair.upper().replace("-", "/").split("/")) for pair in told]
    quoted, through = [pair[-1] for pair in sides], [pair[0] for pair in sides[1:]]
    if [*through, USD] != quoted:
        remedy = "tell a pair like BTC/USD, or both `legs`: of the coin in another, and of that one in USD"
        yield Problem(where, "pair", f"{', '.join(told)[:60]!r} does not come to dollars", remedy)
    elif are_other_coins(sides[0][0], price.asset):
        remedy = f"tell a pair that begins with {price.asset}, or the asset that it is of"
        yield Problem(where, "pair", f"{told[0][:60]!r} is a price of {sides[0][0]}, and not of {price.asset}", remedy)
    for leg in price.legs:
        if abs(leg.at - price.at) > LEGS_APART:
            words = f"the leg {leg.pair} is of {leg.at:%Y-%m-%d}, and the price of {price.at:%Y-%m-%d}"
            yield Problem(where, "legs", words, "tell what both cost at one time, two days apart at most")


def _is_to_fill_in(key: str, value: object) -> bool:
    return isinstance(value, str) and (value in TO_FILL_IN.get(key, ()) or _CHANGE_ME.fullmatch(value) is not None)


def placeholder_in(key: str, value: object, where: str) -> Iterator[Problem]:
    """Yield the problem of a *value* that stands for what only the taxpayer knows."""
    if _is_to_fill_in(key, value):
        yield Problem(where, key, f"{str(value).strip()} stands for what only you know", "say it in its place")


def may_slip(event: e.Correction) -> bool:
    """Say if *event* sets what a slip can stand in."""
    return not event.set_.keys().isdisjoint(SLIP_IN) or any(
        isinstance(value, str) and _CHANGE_ME.fullmatch(value) for value in event.set_.values()
    )


@cache
def _words_of(kind: type[e.Event]) -> tuple[tuple[str, ...], Callable[[e.Event], tuple[object, ...]]]:
    """Return the keys of *kind* that hold words, and what reads them all of an event."""
    told = tuple(
        key.field for key in keys_of(str(kind.__struct_config__.tag)).values() if key.meaning in ("text", "word")
    )
    return told, attrgetter(*told)


def is_refused_by_hand(event: e.Event, end: datetime) -> bool:
    """Say if *event*, of a log that was written before, would be refused at the door by now."""
    if any(hidden_in(event, "")):
        return True
    if isinstance(event, e.Correction):
        if any(slips_of(event, None, "")):
            return True
        paid = str(event.set_.get("paid") or "")
        return paid > end.date().isoformat() or any(slips_of_selection(event, end, ""))
    return any(slips_of(event, end, ""))


def slips_of_correction(
    event: e.Correction, before: e.Event, assets: AssetTable, end: datetime | None, where: str
) -> list[Problem]:
    """Return what *event* makes wrong with its target, as it was *before*; a misfit is told elsewhere."""
    try:
        after = corrected(before, event, assets)
    except InputRefusedError:
        return []
    had = list(slips_of(before, end, where))
    return [slip for slip in slips_of(after, end, where) if slip not in had]


def slips_of_selection(event: e.Correction, end: datetime | None, where: str) -> Iterator[Problem]:
    """Yield what is wrong with what *event* sets in every event it selects."""
    for key, value in event.set_.items():
        yield from placeholder_in(key, value, where)
    txid = event.set_.get("txid")
    if isinstance(txid, str):
        yield from _no_txid(txid, where)
    told = event.set_.get("at")
    kind = event.set_.get("kind", None if event.select is None else event.select.kind)
    if told is None or end is None or (kind in KINDS and KINDS[str(kind)] not in HAPPENED):
        return
    try:
        at = parse_instant(told)
    except AmountError as broken:
        yield Problem(where, "at", broken.reason, broken.remedy)
        return
    if at > end:
        yield _ahead(f"{at:%Y-%m-%d}", str(kind or "receipt"), where)


def _ahead(day: str, kind: str, where: str) -> Problem:
    return Problem(
        where, "at", f"{day} has not come yet, and {a_kind(kind)} is recorded once it happened", "correct the date"
    )


def _no_txid(told: str, where: str) -> Iterator[Problem]:
    """Yield why *told* is no transaction's id: by it the transaction would be another than by its id."""
    if _OUTPUT.fullmatch(told):
        yield Problem(where, "txid", f"{told[:12]}... names an output too", "give the number after the colon as `vout`")
    elif _PAGE.fullmatch(told):
        yield Problem(where, "txid", f"{told.strip()[:60]} is the address of a page", "give the id alone")
    elif _CUT.fullmatch(told) or _ROUNDED.fullmatch(told):
        yield Problem(where, "txid", f"{told.strip()[:60]!r} is no whole id", "give all of it, or leave it out")
