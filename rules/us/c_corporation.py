"""The year of a corporation that pays its own tax: Form 1120 line by line, and what is left to pay out.

Law: taxable income bears one rate (26 U.S.C. 11(b)). Pay of the owner is deducted, with the employer's payroll taxes
(162(a)(1), 164(a)); no deduction for business income (199A(a): "a taxpayer other than a corporation") and no
self-employment tax. Losses on coins are "allowed only to the extent of gains" (1211(a)), and a net capital loss is
carried back three years and then forward five (1212(a)(1)). Estimated tax: rules.us.c_corporation_estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.form_4797 import Form4797
from lotwork.rules.us.payroll import Payroll, payroll
from lotwork.rules.us.s_corporation import Terms, checked, plan_room
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C

FORM = "Form 1120"
SCHEDULE_D = "Schedule D (Form 1120)"
EARNINGS = "Earnings and profits"
RECEIPTS, OTHER_INCOME = "1", "6"
"""The lines of Schedule C that are income."""
OFFICER, TAXES, DEPRECIATION, PENSIONS, BENEFITS, OTHER = "12", "17", "20", "23", "24", "26"
LABELS: Mapping[str, str] = MappingProxyType(
    {
        OFFICER: "Compensation of officers",
        "13": "Salaries and wages",
        "14": "Repairs and maintenance",
        "16": "Rents",
        TAXES: "Taxes and licenses",
        "18": "Interest",
        DEPRECIATION: "Depreciation from Form 4562",
        "21": "Depletion",
        "22": "Advertising",
        PENSIONS: "Pension, profit-sharing, etc., plans",
        BENEFITS: "Employee benefit programs",
        OTHER: "Other deductions",
    }
)
"""The lines of deductions, in the order of the form."""
OF_SCHEDULE_C: Mapping[str, str] = MappingProxyType(
    {
        "8": "22", "12": "21", "13": DEPRECIATION, "14": BENEFITS, "16a": "18", "16b": "18", "16c": "18",
        "19": PENSIONS, "20a": "16", "20b": "16", "21": "14", "23": TAXES, "26": "13",
    }
)  # fmt: skip
"""Where a deduction of Schedule C stands on Form 1120; every other is among the other deductions."""
NOT_DEDUCTIONS = frozenset({"1", "3", "5", "6", "7", "28", "29", "31", "48"})
"""Lines of Schedule C that are income, a sum, or counted in another line."""


class Coins(NamedTuple):
    """What the corporation gained or lost on coins in the year, by term, in dollars."""

    short: Decimal = ZERO
    long: Decimal = ZERO


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """The business as a corporation has it: its Schedule C, its coins, and the rigs it sold."""

    schedule_c: tuple[Line, ...]
    """Lines 1 to 30 of Schedule C."""
    coins: Coins = msgspec.field(default_factory=Coins)
    sales: Form4797 | None = None


class CCorporation(msgspec.Struct, frozen=True, kw_only=True):
    """The corporation's year, from what came in to its tax and what is left."""

    terms: Terms
    payroll: Payroll
    retirement: Decimal
    """What it may contribute of what was meant to be."""
    capital: tuple[Line, ...]
    capital_loss: Line
    """The net capital loss of the year, a positive amount, which lowers no other income."""
    income: tuple[Line, ...]
    deductions: tuple[Line, ...]
    taxable: Line
    """Line 30; negative: a net operating loss, carried forward (26 U.S.C. 172)."""
    tax: Line
    earnings: Line
    """Earnings and profits of the year, negative for a deficit."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, in order of computation."""
        lost = (self.capital_loss,) if self.capital_loss.amount else ()
        return (
            *self.payroll.lines, *self.capital, *lost, *self.income, *self.deductions, self.taxable, self.tax,
            self.earnings,
        )  # fmt: skip


def c_corporation(trade: Trade, terms: Terms, other_wages: Decimal, law: Law, year: int) -> CCorporation:
    """Return the year of a corporation with *trade*, run as *terms* say: a salary of 0 is an owner who is not paid.

    Without a salary nobody is employed, and it pays no premiums and no plan (26 U.S.C. 105(b), 106, 404(a)).
    """
    checked(terms)
    if not terms.salary:
        terms = terms._replace(health_insurance=ZERO, retirement=ZERO)
    taxes = payroll(terms.salary, other_wages, law, year)
    given = min(terms.retirement, plan_room(terms.salary, law, year).amount)
    capital, loss = _capital(trade, law, year)
    income = _income(trade, capital[-1])
    deductions = _deductions(trade, terms, taxes, given)
    taxable = line(
        (FORM, "30"),
        "Taxable income",
        income[-1].amount - deductions[-1].amount,
        cites=("26 U.S.C. 63(a)",),
        inputs=(income[-1], deductions[-1]),
    )
    rate = law.in_year("us/c_corporation/rate", year)
    tax = line((FORM, "31"), "Total tax", max(ZERO, taxable.amount) * rate.amount(), inputs=(taxable,), figures=(rate,))
    return CCorporation(
        terms=terms,
        payroll=taxes,
        retirement=given,
        capital=capital,
        capital_loss=loss,
        income=income,
        deductions=deductions,
        taxable=taxable,
        tax=tax,
        earnings=line(
            (EARNINGS, "1"),
            "Earnings and profits of the year",
            taxable.amount - tax.amount - loss.amount,
            cites=("26 U.S.C. 312(a), 316(a)(2)",),
            inputs=(taxable, tax, loss),
        ),
    )


def dividend(company: CCorporation, share: Decimal) -> Line:
    """Return *share* of what is left after the tax, paid out: a dividend, since it is within earnings (316(a)(2))."""
    return line(
        ("Form 1099-DIV", "1a"),
        "Ordinary dividends, all of them qualified",
        share * max(ZERO, company.earnings.amount),
        cites=("26 U.S.C. 301(c)(1), 316(a), 1(h)(11)",),
        inputs=(company.earnings,),
    )


def _capital(trade: Trade, law: Law, year: int) -> tuple[tuple[Line, ...], Line]:
    """Schedule D of the corporation: losses count up to gains, and what is more is carried (1211(a), 1212(a)(1))."""
    rigs = () if trade.sales is None else (trade.sales.capital,)
    short = line((SCHEDULE_D, "7"), "Net short-term capital gain or loss", trade.coins.short, cites=("26 U.S.C. 1222",))
    long = line(
        (SCHEDULE_D, "15"),
        "Net long-term capital gain or loss",
        trade.coins.long + sum((each.amount for each in rigs), ZERO),
        cites=("26 U.S.C. 1222",),
        inputs=rigs,
    )
    net = short.amount + long.amount
    gain = line((SCHEDULE_D, "18"), "Capital gain net income", max(ZERO, net), cites=("26 U.S.C. 1211(a), 1222(9)",),
                inputs=(short, long))  # fmt: skip
    back, forward = (law.in_year(f"us/c_corporation/capital_loss_{way}_years", year) for way in ("back", "forward"))
    first, last = year - int(back.amount()), year + int(forward.amount())
    lost = line(
        (SCHEDULE_D, "carried"),
        f"Net capital loss, to {first} through {year - 1} first, then to {year + 1} through {last}",
        max(ZERO, -net),
        cites=("26 U.S.C. 1211(a), 1212(a)(1)",),
        inputs=(short, long),
        figures=(back, forward),
    )
    return (short, long, gain), lost


def _income(trade: Trade, gain: Line) -> tuple[Line, ...]:
    """Lines 1a to 11."""
    received = _of(trade, RECEIPTS)
    gross = line((FORM, "1a"), "Gross receipts: coins at their value when received", _sum(received),
                 cites=("26 U.S.C. 61(a)",), inputs=received)  # fmt: skip
    rest = [line((FORM, "8"), "Capital gain net income", gain.amount, cites=("26 U.S.C. 11(b), 1222(9)",),
                 inputs=(gain,))]  # fmt: skip
    if trade.sales is not None and trade.sales.ordinary.amount:
        sold = trade.sales.ordinary
        rest.append(line((FORM, "9"), "Net gain or loss of Form 4797", sold.amount, cites=sold.cites, inputs=(sold,)))
    others = _of(trade, OTHER_INCOME)
    if others:
        rest.append(line((FORM, "10"), "Other income", _sum(others), cites=("26 U.S.C. 61(a)",), inputs=others))
    parts = (gross, *rest)
    return (*parts, line((FORM, "11"), "Total income", _sum(parts), cites=("26 U.S.C. 61(a)",), inputs=parts))


def _deductions(trade: Trade, terms: Terms, taxes: Payroll, given: Decimal) -> tuple[Line, ...]:
    """Lines 12 to 27: those of the business, and what the corporation pays for its owner."""
    paid = {OFFICER: terms.salary, TAXES: taxes.employer, PENSIONS: given, BENEFITS: terms.health_insurance,
            OTHER: terms.payroll_cost}  # fmt: skip
    parts = []
    for number, label in LABELS.items():
        own = [
            each
            for each in trade.schedule_c
            if each.form == SCHEDULE_C
            and each.line not in NOT_DEDUCTIONS
            and OF_SCHEDULE_C.get(each.line, OTHER) == number
        ]
        behind = (*own, *(taxes.lines if number == TAXES and taxes.employer else ()))
        amount = _sum(own) + paid.get(number, ZERO)
        if amount or number == DEPRECIATION:
            parts.append(line((FORM, number), label, amount, cites=("26 U.S.C. 162(a), 164(a), 167, 404(a)",),
                              inputs=behind))  # fmt: skip
    return (*parts, line((FORM, "27"), "Total deductions", _sum(parts), cites=("26 U.S.C. 63(a)",), inputs=parts))


def _of(trade: Trade, number: str) -> list[Line]:
    return [each for each in trade.schedule_c if (each.form, each.line) == (SCHEDULE_C, number)]


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((each.amount for each in lines), ZERO)
