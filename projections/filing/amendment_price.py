"""What an amended return comes to: Form 1040-X, the days until which it may be filed, and what additional tax costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO_CENTS
from lotwork.projections.filing.amendment import Amendment
from lotwork.projections.filing.line_changes import Entry, entries_as_filed, entries_of
from lotwork.projections.findings import Finding
from lotwork.rules.line import Line, to_cents
from lotwork.rules.us.amended import Deadline, RefundClaim, accuracy_penalty, assessment_deadline, due_day, refund_claim
from lotwork.rules.us.calendar import add_months
from lotwork.rules.us.estimated import next_business_day
from lotwork.rules.us.form_1040x import Column, Payments, Row, form_1040x
from lotwork.rules.us.late_payment import Interest, failure_to_pay, interest
from lotwork.rules.us.renumbered import printed
from lotwork.rules.us.underpayment_rate import rate_unknown

DEDUCTION_LINES = (("Form 1040", "12"), ("Form 1040", "12e"))
NONREFUNDABLE_LINES, REFUNDABLE_LINES = (("Form 1040", "20"),), (("Schedule 3", "13z"),)
ADDITIONAL_LINES = (("Form 1040", "13b"), ("Schedule 1-A", "38"))
GROSS_INCOME_LINES = (
    ("Schedule C", "1"), ("Schedule 1", "8j"), ("Schedule 1", "8v"), ("Schedule 1", "8z"), ("Form 1040", "1a"),
    ("Form 1040", "2b"), ("Form 1040", "3a"), ("Schedule D", "7"), ("Schedule D", "15"), ("Form 4797", "17"),
)  # fmt: skip
"""Where gross income stands; of the lines that net gains and losses, what is above 0 counts."""
OTHER_TAXES = ("se_tax", "niit", "additional_medicare")


class AmendmentPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The form, the deadlines, and the estimate as of a day."""

    on: date
    rows: tuple[Row, ...]
    refund: RefundClaim
    assessment: Deadline
    unpaid: Decimal
    """What of the tax was not paid by the due day, or was paid back with the original return."""
    interest: Interest
    failure_to_pay: Line
    accuracy: Line
    findings: tuple[Finding, ...]


def price_of(amended: Amendment, on: date) -> AmendmentPrice:
    """Return what *amended* comes to where the amended return is filed and paid on the day *on*."""
    year, law = amended.year, amended.law
    made = amended.payments()
    due = next_business_day(due_day(year))
    in_time = sum((paid.amount for _, paid in made if paid.day <= due), ZERO_CENTS)
    late = [paid for _, paid in made if paid.day > due]
    refunded = max(ZERO_CENTS, -amended.filed.amount("balance_due_usd"))
    unpaid = max(ZERO_CENTS, amended.tax_now - in_time + refunded)
    charged = interest(unpaid, late, due_day(year), on, law)
    filed, now = entries_as_filed(amended.filed.figures.lines), entries_of(amended.now)
    old, new = _gross_income(filed, year), _gross_income(now, year)
    omitted = sum((max(ZERO_CENTS, amount - old.get(line, ZERO_CENTS)) for line, amount in new.items()), ZERO_CENTS)
    return AmendmentPrice(
        on=on,
        rows=form_1040x(_column_filed(amended), _column_now(amended), _payments(amended, refunded)),
        refund=refund_claim(year, amended.filed_on, (paid for _, paid in made), on, law, extended=_extended(amended)),
        assessment=assessment_deadline(year, amended.filed_on, sum(old.values(), ZERO_CENTS), omitted, law),
        unpaid=unpaid,
        interest=charged,
        failure_to_pay=failure_to_pay(
            max(ZERO_CENTS, amended.tax_filed - in_time + refunded), late, due_day(year), on, law
        ),
        accuracy=accuracy_penalty(
            amended.tax_now, amended.tax_filed, law, year, claims_qbi=amended.filed.amount("qbi_deduction") > 0
        ),
        findings=(_unknown_rate(charged),) if charged.through < on else (),
    )


def _extended(amended: Amendment) -> bool:
    """Say if the time to file was extended: a payment came with the request, or the return in those six months."""
    months = int(amended.law.in_year("us/amended/extension_months", amended.year).amount())
    asked = any(kind == "extension" for kind, _ in amended.payments())
    last = next_business_day(add_months(due_day(amended.year), months))
    return asked and amended.filed_on <= last


def _gross_income(entries: list[Entry], year: int) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    lines = {printed(each, year) for each in GROSS_INCOME_LINES}
    for entry in entries:
        if entry[:2] in lines:
            found[entry[:2]] = max(ZERO_CENTS, entry.amount)
    return found


def _on_lines(entries: list[Entry], lines: tuple[tuple[str, str], ...], year: int) -> Decimal:
    found = {entry[:2]: entry.amount for entry in entries}
    return next((found[line] for line in (printed(each, year) for each in lines) if line in found), ZERO_CENTS)


def _column_filed(amended: Amendment) -> Column:
    entries = entries_as_filed(amended.filed.figures.lines)
    summary = {name: Decimal(amount) for name, amount in amended.filed.figures.summary.items()}
    return _column(entries, summary, amended.tax_filed, amended.year)


def _column_now(amended: Amendment) -> Column:
    summary = {name: to_cents(amount) for name, amount in amended.now.computed.summary.items()}
    return _column(entries_of(amended.now), summary, amended.tax_now, amended.year)


def _column(entries: list[Entry], summary: dict[str, Decimal], total: Decimal, year: int) -> Column:
    tax, refundable = summary["income_tax"] + summary["amt"], _on_lines(entries, REFUNDABLE_LINES, year)
    return Column(
        agi=summary["agi"],
        deductions=_on_lines(entries, DEDUCTION_LINES, year),
        additional_deductions=_on_lines(entries, ADDITIONAL_LINES, year),
        qbi_deduction=summary["qbi_deduction"],
        taxable_income=summary["taxable_income"],
        tax=tax,
        credits=_on_lines(entries, NONREFUNDABLE_LINES, year),
        refundable=refundable,
        other_taxes=sum((summary[name] for name in OTHER_TAXES), ZERO_CENTS),
        total_tax=total + refundable,
    )


def _payments(amended: Amendment, refunded: Decimal) -> Payments:
    made = amended.payments()

    def of(*kinds: str) -> Decimal:
        return to_cents(sum((paid.amount for kind, paid in made if kind in kinds), ZERO_CENTS))

    return Payments(
        withheld=of("withholding"),
        estimated=of("estimated"),
        with_returns=of("extension", "balance"),
        overpaid_originally=refunded,
    )


def _unknown_rate(charged: Interest) -> Finding:
    return Finding(
        "underpayment_rate_unknown",
        rate_unknown(charged.through, "interest"),
    )
