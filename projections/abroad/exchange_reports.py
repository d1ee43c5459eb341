"""What exchanges tell the tax offices of the Union about a customer's year, beside what the book has of it.

Law: Directive 2011/16/EU, Art. 8ad and Annex VI, as Directive (EU) 2023/2226 (DAC8) has it for what happens from 2026
on. Of each coin the units, the transactions and the amounts are reported of what was bought and sold for money, of what
was exchanged for other coins, and of what came in and went out (Annex VI, Section II, B(3)). No tax depends on it: the
report and the return are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from lotwork.ledger.units import AssetTable, unscaled
from lotwork.projections.abroad.flows import Arrival, Departure, Flow
from lotwork.projections.abroad.tax_return import money
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

OF_DEPARTURES = {"sold": "sold", "swapped": "given for other coins"}
BOUGHT, CAME, WENT = "bought or had for other coins", "came in", "went out"
TRADED = frozenset({BOUGHT, *OF_DEPARTURES.values()})
CODE = "exchange_reports_year"


class _Sum(msgspec.Struct):
    """Transactions of one kind: which, how many base units, and millionths of the currency."""

    events: set[str] = msgspec.field(default_factory=set)
    quantity: int = 0
    amount: int | None = None


def exchanges_report(
    book: Book, flows: Iterable[Flow], law: Law, year: int, jurisdiction: str, currency: str
) -> Iterator[Finding]:
    """Yield a finding for each wallet in an exchange's custody: what its report of *year* has to say by the book.

    Of wallets in which coins were bought or sold, and of which the book does not say who keeps them, one asks that.
    Nothing before the Directive applies, nor of a wallet that had nothing in the year.
    """
    path = f"{jurisdiction}/income/exchange_reports"
    if not law.entry(path).is_law(date(year, 1, 1)):
        return
    figure = law.in_year(path, year)
    reported = figure.names()
    about = (
        f"from 2026 on an exchange reports its customer's year to the tax office ({figure.cite}; {reported['law']}), "
        f"that of {year} by {reported['due']}: "
    )
    declared, unsaid = book.taxpayer.wallets, []
    for wallet, sums in sorted(_sums(flows, year).items()):
        if wallet in declared and declared[wallet].custody == "broker":
            yield Finding(
                CODE,
                f"{about}by the book {wallet} has to report {_words(sums, book.history.assets, currency)}, fees apart; "
                "compare it with what you are told was reported, and mend the book or have the report mended where "
                "they differ. Where they agree, nothing is to do",
            )
        elif wallet not in declared and any(kind in TRADED for _, kind in sums):
            unsaid.append(wallet)
    if unsaid:
        name = book.history.book
        command = add_command(name, "wallet", f"wallet={unsaid[0]}", "custody=broker")
        yield Finding(
            CODE,
            f"{about}coins were bought or sold in {', '.join(unsaid)}, and the book does not say who keeps them: "
            f"`{command}` where an exchange does, and this says what that has to report; custody=self where none does",
        )


def _sums(flows: Iterable[Flow], year: int) -> dict[str, dict[tuple[str, str], _Sum]]:
    sums: dict[str, dict[tuple[str, str], _Sum]] = defaultdict(lambda: defaultdict(_Sum))
    for flow in flows:
        if flow.day.year != year:
            continue
        for wallet, asset, kind, amount in _told(flow):
            told = sums[wallet][asset, kind]
            told.events.add(flow.event)
            told.quantity += flow.quantity
            told.amount = told.amount if amount is None else (told.amount or 0) + amount
    return sums


def _told(flow: Flow) -> Iterator[tuple[str, str, str, int | None]]:
    """Yield the wallet, the coin, the kind and the amount under which a flow is reported; a transfer has two ends."""
    match flow:
        case Arrival():
            bought = flow.how == "purchase"
            yield flow.wallet, flow.asset, BOUGHT if bought else CAME, flow.cost if bought else None
        case Departure():
            kind = OF_DEPARTURES.get(flow.disposition)
            yield flow.wallet, flow.asset, kind or WENT, None if kind is None else flow.proceeds
        case _:
            yield flow.from_wallet, flow.asset, WENT, None
            yield flow.to_wallet, flow.to_asset, CAME, None


def _words(sums: dict[tuple[str, str], _Sum], assets: AssetTable, currency: str) -> str:
    """Return the sums of a wallet: "0.5 BTC sold (2 transactions, 20000.00 EUR)"."""
    told = []
    for (asset, kind), each in sorted(sums.items()):
        count = len(each.events)
        times = f"{count} transaction{'s' if count > 1 else ''}"
        worth = "" if each.amount is None else f", {to_cents(money(each.amount))} {currency}"
        told.append(f"{unscaled(each.quantity, assets.decimals(asset))} {asset} {kind} ({times}{worth})")
    return ", ".join(told)
