"""Losses that could be taken now: lot by lot, what each saves of the year's tax, and at which price it would.

Law: losses are deducted against gains and 3,000 of other income (1,500 if married and filing separately), and what is
left is carried forward by its character (26 U.S.C. 1211(b), 1212(b)). Each saving is the whole return with the loss
less the whole return without it; where a profile names a state whose tax is reckoned, the order, what is worth its fee
and the prices go by both taxes together. Section 1091 reaches what the law of
the day says it reaches: securities, and no coins until that is enacted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import CENT, ZERO, AssetTable, usd_decimal
from lotwork.projections.basis.holding_period import Term, is_long
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.price import Fee, PlanPrice, PriceUnknownError, last_prices
from lotwork.projections.plan.sale_asked import lots_on
from lotwork.projections.plan.state import StateTax, state_findings
from lotwork.projections.plan.whole_return import MARGIN, Outcome, WholeReturn
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from lotwork.rules.us.wash_sale import reaches, window

"""The loss by which the rate of the next dollar is measured."""
MOST_LOTS = 200
"""The largest losses are computed one by one; the others are counted."""


class Candidate(NamedTuple):
    """A lot that is worth less than its basis: money in micro-dollars, taxes in dollars."""

    lot: OpenLot
    term: Term
    value: int
    fee: int

    @property
    def loss(self) -> int:
        """What would be lost, the fee included; positive."""
        return self.lot.basis_usd_micros - self.value + self.fee


class Harvested(NamedTuple):
    """A candidate in its place: what it saves alone, and what it saves after those before it."""

    candidate: Candidate
    alone: Decimal
    step: Decimal
    """The tax it takes off what those before it left."""
    short_carried: Decimal
    long_carried: Decimal
    worth: bool
    """Whether the step saves more than the fee of the sale, of the federal tax and the state's together."""
    state_alone: Decimal = ZERO
    state_step: Decimal = ZERO
    """The same of the state's tax; nothing where none is reckoned."""


class HarvestLevel(NamedTuple):
    """The price at and below which a lot's loss saves more tax than its sale costs."""

    asset: str
    wallet: str
    lot: str
    term: Term
    quantity: int
    price_usd: Decimal


class HarvestPlan(msgspec.Struct, frozen=True):
    """The losses in the order that saves most, and what they come to."""

    year: int
    on: date
    before: Liability
    limit: Decimal
    """Most of a net loss that other income bears in the year."""
    prices: tuple[PlanPrice, ...]
    rows: tuple[Harvested, ...]
    left_out: int
    base: Outcome
    best: Outcome
    """The year with every lot that is worth its fee sold."""
    rates: dict[Term, Decimal]
    """What the next dollar of loss of each term saves of the federal tax."""
    levels: tuple[HarvestLevel, ...]
    findings: tuple[Finding, ...]
    state: StateTax | None = None
    """None where no profile names a state."""
    state_rates: dict[Term, Decimal] | None = None
    """What the next dollar of loss saves of the state's tax."""
    state_saved: Decimal | None = None
    """What the losses that are worth their fee save of the state's tax; None where none is reckoned."""


class HarvestAsked(NamedTuple):
    """What is asked: a day, a fee, one asset or all, and a price for it in place of the last one known."""

    on: date
    fee: Fee = Fee()
    asset: str | None = None
    price: PlanPrice | None = None


def plan_harvest(book: Book, law: Law, asked: HarvestAsked) -> HarvestPlan:
    """Return the plan for the year of the day; *book* keeps rows for it."""
    year = asked.on.year
    before = liability(book, law, year)
    state = StateTax.of(book, law, before)
    whole = WholeReturn.of(before, law, None if state is None else state.under)
    prices = last_prices(book, asked.on)
    if asked.price is not None:
        prices[asked.price.asset] = asked.price
    lots = [lot for lot in lots_on(book, asked.on) if asked.asset in (None, lot.asset)]
    priced = [lot for lot in lots if lot.asset in prices]
    if not priced:
        raise PriceUnknownError(_nothing_priced(lots, asked))
    assets = book.history.assets
    candidates = sorted(_candidates(priced, prices, asked, assets), key=lambda each: (-each.loss, each.lot.lot))
    rows, best = _in_order(candidates[:MOST_LOTS], whole)
    rates, is_reckoned = _rates(whole), state is not None and state.tax is not None
    return HarvestPlan(
        year=year,
        on=asked.on,
        before=before,
        limit=law.in_year("us/capital/loss_limit", year).by_status(before.profile.filing_status),
        prices=tuple(prices[asset] for asset in sorted({lot.asset for lot in priced})),
        rows=rows,
        left_out=max(0, len(candidates) - MOST_LOTS),
        base=whole.with_gains(),
        best=best,
        rates={term: rate.federal for term, rate in rates.items()},
        levels=_levels(priced, rates, asked, assets),
        findings=(*_findings(lots, priced, rows, (assets, law, asked.on)), *state_findings(state)),
        state=state,
        state_rates={term: rate.state for term, rate in rates.items()} if is_reckoned else None,
        state_saved=whole.with_gains().state_tax - best.state_tax if is_reckoned else None,
    )


def harvest_levels(book: Book, law: Law, on: date, fee: Fee = Fee()) -> tuple[HarvestLevel, ...]:  # noqa: B008 - frozen
    """Return the price of each open lot at which its loss pays for its sale, the highest first.

    A level is reckoned at the rate of the next dollar of loss in the year of *on*, the state's with it; a lot whose
    loss saves nothing in it has none. The last price known is not asked for: whoever watches prices compares.
    """
    owed = liability(book, law, on.year)
    state = StateTax.of(book, law, owed)
    whole = WholeReturn.of(owed, law, None if state is None else state.under)
    return _levels(lots_on(book, on), _rates(whole), HarvestAsked(on, fee), book.history.assets)


def _term(lot: OpenLot, on: date) -> Term:
    return "long" if is_long(lot.acquired.toordinal(), on.toordinal()) else "short"


def _candidates(
    lots: Iterable[OpenLot], prices: dict[str, PlanPrice], asked: HarvestAsked, assets: AssetTable
) -> Iterator[Candidate]:
    for lot in lots:
        value = prices[lot.asset].value(lot.quantity, assets.decimals(lot.asset))
        candidate = Candidate(lot, _term(lot, asked.on), value, asked.fee.of(value))
        if candidate.value < lot.basis_usd_micros:
            yield candidate


def _lost(losses: Iterable[Candidate]) -> tuple[Decimal, Decimal]:
    """Return the short-term and long-term gain that *losses* are: none, or below 0."""
    short = long = 0
    for each in losses:
        if each.term == "long":
            long -= each.loss
        else:
            short -= each.loss
    return usd_decimal(short), usd_decimal(long)


def _in_order(candidates: list[Candidate], whole: WholeReturn) -> tuple[tuple[Harvested, ...], Outcome]:
    """Return the candidates by what each saves alone after its fee, each step computed on those worth it before it."""
    base = whole.with_gains()
    alone = {each: _saved(base, whole.with_gains(*_lost([each]))) for each in candidates}
    ordered = sorted(candidates, key=lambda each: (usd_decimal(each.fee) - alone[each].both, -each.loss, each.lot.lot))
    taken: list[Candidate] = []
    so_far, rows = whole.with_gains(), []
    for each in ordered:
        then = whole.with_gains(*_lost([*taken, each]))
        step = _saved(so_far, then)
        worth = step.both > usd_decimal(each.fee)
        rows.append(
            Harvested(each, alone[each].federal, step.federal, then.short_carried, then.long_carried, worth,
                      alone[each].state, step.state)
        )  # fmt: skip
        if worth:
            taken.append(each)
            so_far = then
    return tuple(rows), so_far


class _Saved(NamedTuple):
    """What a loss saves of the federal tax and of the state's, in dollars or for each dollar of it."""

    federal: Decimal
    state: Decimal

    @property
    def both(self) -> Decimal:
        return self.federal + self.state


def _saved(before: Outcome, then: Outcome) -> _Saved:
    return _Saved(before.tax - then.tax, before.state_tax - then.state_tax)


def _rates(whole: WholeReturn) -> dict[Term, _Saved]:
    base = whole.with_gains()
    lost: dict[Term, Outcome] = {"short": whole.with_gains(-MARGIN, ZERO), "long": whole.with_gains(ZERO, -MARGIN)}
    saved = {term: _saved(base, then) for term, then in lost.items()}
    return {term: _Saved(each.federal / MARGIN, each.state / MARGIN) for term, each in saved.items()}


def _levels(
    lots: Iterable[OpenLot], rates: dict[Term, _Saved], asked: HarvestAsked, assets: AssetTable
) -> tuple[HarvestLevel, ...]:
    found = []
    for lot in lots:
        term = _term(lot, asked.on)
        price = _level(lot, rates[term].both, asked.fee, assets.decimals(lot.asset))
        if price > 0:
            found.append(HarvestLevel(lot.asset, lot.wallet, lot.lot, term, lot.quantity, price))
    return tuple(sorted(found, key=lambda level: (-level.price_usd, level.lot)))


def _level(lot: OpenLot, rate: Decimal, fee: Fee, decimals: int) -> Decimal:
    """Return the highest price at which *rate* of the loss is the fee or more, to the cent below; 0 for none.

    With value v, fee f = p v + d and loss b - v + f: rate (b - v + f) >= f where v (rate + p (1 - rate)) is at most
    rate b - d (1 - rate).
    """
    if rate <= 0:
        return ZERO
    part, rest = fee.percent / 100, 1 - rate
    value = (rate * usd_decimal(lot.basis_usd_micros) - fee.usd * rest) / (rate + part * rest)
    coins = Decimal(lot.quantity).scaleb(-decimals)
    return max(ZERO, (value / coins).quantize(CENT, ROUND_DOWN))


def _nothing_priced(lots: list[OpenLot], asked: HarvestAsked) -> str:
    if not lots:
        return f"no lots are open on {asked.on}: there is nothing to harvest"
    names = ", ".join(sorted({lot.asset for lot in lots}))
    return f"no price of {names} is known up to {asked.on}: give --asset and --price, or run `lotwork poll`"


def _findings(
    lots: list[OpenLot], priced: list[OpenLot], rows: tuple[Harvested, ...], under: tuple[AssetTable, Law, date]
) -> Iterator[Finding]:
    unpriced = sorted({lot.asset for lot in lots} - {lot.asset for lot in priced})
    if unpriced:
        yield Finding(
            "harvest_price_unknown",
            f"no price of {', '.join(unpriced)} is known, so its losses are not looked at: run `lotwork poll`, or add "
            "a `price`",
        )
    reached = sorted({row.candidate.lot.asset for row in rows if _is_reached(row.candidate.lot.asset, *under)})
    if reached:
        days = window(*under[1:])
        yield Finding(
            "harvest_wash_sale",
            f"the wash sale rule reaches {', '.join(reached)}: a loss is not deducted where the same is bought within "
            f"{days} days before or after the sale, and goes into the basis of what was bought (26 U.S.C. 1091)",
        )


def _is_reached(symbol: str, assets: AssetTable, law: Law, on: date) -> bool:
    asset = assets.get(symbol)
    return asset is not None and reaches(law, asset.asset_class, on)
