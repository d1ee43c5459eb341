"""Gross income, done anew from the events: coins by where they belong, what pools kept, and dollars that came as none.

A receipt is the trade's, a hobby's or neither's by what it was for and by what the activity was at its instant (26
U.S.C. 61, 162, 183); what customers paid in dollars is gross receipts, other dollars of the trade stand on line 6 of
Schedule C; `year_facts` tell other ordinary income, a later one's amount over an earlier one's.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime
from typing import NamedTuple

from lotwork.packet.checks.amounts import in_words, round_half_even
from lotwork.packet.checks.figures import Redone
from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.lines import MICROS_OF_A_CENT, ONE, C, Lines
from lotwork.packet.checks.telling import Report, Told
from lotwork.packet.checks.worth import TRADE_INCOME

CAME_UNASKED = ("fork", "airdrop")
OF_CUSTOMERS = ("hosting", "services")
MAY_MAKE_LINE_6 = ("equipment", "equipment_use", "equipment_sale", "expense")
"""Kinds that may stand on line 6 of Schedule C beside dollars earned: what was deducted before and came back."""
OF_BUSINESS, NO_TRADE, OF_NEITHER = "business", "hobby", "outside"
OF_COINS, PROFITLESS, ANY_OTHER = "8v", "8j", "8z"
JOINTLY = "mfj"


class Filer:
    """What profiles and wallets tell of whoever files: the activity at an instant, and whose a wallet is."""

    def __init__(self, redone: Redone) -> None:
        self._days, self._year = redone.holding.days, redone.year
        events = redone.holding.events
        self._profiles = [each for each in events if each.kind == "profile"]
        turns = [(self._begins(each.at), each.word("activity")) for each in self._profiles if each.text("activity")]
        turns.sort(key=lambda each: each[0])
        self._since, self._was = [at for at, _ in turns], [told for _, told in turns] or [OF_BUSINESS]
        wallets = [each for each in events if each.kind == "wallet"]
        self._trades = {each.word("wallet"): each.text("trade") for each in wallets if each.text("trade")}
        self._owners = {each.word("wallet"): each.word("owner") for each in wallets if each.text("owner")}
        self.joint = self.in_force("filing_status") == JOINTLY

    def _begins(self, at: datetime) -> datetime:
        """Return when a profile begins to hold: one told for January 1 in UTC means the taxpayer's own year."""
        new_year = (at.month, at.day, at.hour, at.minute, at.second, at.microsecond) == (1, 1, 0, 0, 0, 0)
        return self._days.midnight(at.date()) if new_year else at

    def in_force(self, key: str) -> str | None:
        """Return what the profiles told last by the end of the year, else what they told first after it."""
        told = [each for each in self._profiles if each.text(key)]
        by_then = [each for each in told if self._days.day(self._begins(each.at)) <= date(self._year, 12, 31)]
        return (by_then[-1] if by_then else told[0]).text(key) if told else None

    def activity(self, at: datetime) -> str:
        """Return what the activity was; before the first profile that tells it, what that one says."""
        return self._was[max(bisect_right(self._since, at) - 1, 0)]

    def owner(self, wallet: str | None) -> str:
        """Return whose a wallet is."""
        return self._owners.get(wallet or "", "taxpayer")

    def counts(self, owner: str) -> bool:
        """Say whether what is *owner*'s is in this return: a spouse's is in a joint one."""
        return self.joint or owner == "taxpayer"

    def place(self, receipt: Happening) -> str:
        """Return where a receipt belongs."""
        trade = receipt.text("trade") or self._trades.get(receipt.word("wallet"))
        kind = receipt.word("income")
        if trade == "no" or (kind in CAME_UNASKED and not trade):
            return OF_NEITHER
        if self.activity(receipt.at) == NO_TRADE:
            return NO_TRADE
        return OF_BUSINESS if trade or kind in TRADE_INCOME else OF_NEITHER


class Gross(NamedTuple):
    """Gross income of a year in micro-dollars, by the place that it belongs to."""

    coins: dict[str, int]
    customers: int
    of_the_trade: int
    of_a_hobby: int
    other: int


def gross_of(redone: Redone, filer: Filer) -> Gross:
    """Return the gross income of the year."""
    coins = {OF_BUSINESS: 0, NO_TRADE: 0, OF_NEITHER: 0}
    with_fees = filer.in_force("pool_fees") == "gross"
    for event, value, whole in redone.income.counted:
        place = filer.place(event)
        if filer.counts(filer.owner(event.text("wallet"))):
            coins[place] += value + (fee_of(event, value) if with_fees and whole and place != OF_NEITHER else 0)
    customers = of_the_trade = of_a_hobby = other = 0
    for event in redone.holding.dollars:
        if event.kind == "year_facts":
            amount = event.number("other_ordinary_income_usd_micros")
            if event.get("year") == redone.year and event.get("through") is None and amount is not None:
                other = amount
        elif redone.holding.days.day(event.at).year == redone.year and filer.counts(event.text("owner") or "taxpayer"):
            amount = event.count("amount_usd_micros")
            if filer.activity(event.at) == NO_TRADE:
                of_a_hobby += amount
            elif event.text("category") in OF_CUSTOMERS:
                customers += amount
            else:
                of_the_trade += amount
    return Gross(coins, customers, of_the_trade, of_a_hobby, other)


def fee_of(receipt: Happening, value: int) -> int:
    """Return what the pool kept of a payout, at the payout's own price, in micro-dollars."""
    quantity, gross = receipt.count("quantity"), receipt.number("gross_quantity")
    fee = receipt.number("pool_fee_quantity")
    if fee is None:
        fee = 0 if gross is None else max(0, gross - quantity)
    return round_half_even(value * fee, quantity) if fee else 0


def check_gross(liability: Told, redone: Redone, report: Report) -> int | None:
    """Hold the lines of gross income against the events; return how many receipts, None where a line is not right."""
    lines, filer = Lines(liability["lines"]), Filer(redone)
    gross = gross_of(redone, filer)
    on_digital = redone.law.on("us/income/hobby_line", date(redone.year, 12, 31)) == OF_COINS
    outside = gross.coins[OF_NEITHER]
    found = {
        (C, "1"): gross.coins[OF_BUSINESS] + gross.customers,
        (ONE, OF_COINS): gross.coins[NO_TRADE] + outside if on_digital else 0,
        (ONE, PROFITLESS): gross.of_a_hobby + (0 if on_digital else gross.coins[NO_TRADE]),
        (ONE, ANY_OTHER): gross.other + (0 if on_digital else outside),
    }
    if not any(each.kind in MAY_MAKE_LINE_6 for each in redone.holding.recorded):
        found[C, "6"] = gross.of_the_trade
    good = True
    for (form, line), amount in found.items():
        apart = lines.cents(form, line) * MICROS_OF_A_CENT - amount
        if abs(apart) > lines.apart(form, line) * MICROS_OF_A_CENT:
            report.wrong(
                f"{form}, line {line}",
                f"is {in_words(apart, 6)} from what the receipts and the dollars told in the events come to",
            )
            good = False
    return len(redone.income.rows) if good else None
