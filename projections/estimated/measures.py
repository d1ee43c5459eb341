"""What a year is measured by: its own tax and the prior year's, and which of the two rules decides."""

from __future__ import annotations

from dataclasses import replace

from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.estimated.prior_year import PriorYear
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import RequiredPayment, YearTax
from lotwork.rules.us.individual import compute

NOTHING_REQUIRED = "none"
NOT_KNOWN = "unknown"


def as_returned(owed: YearAsked, law: Law) -> YearAsked:
    """Return a year that is over with the tax of the return that is filed of it: by the Tax Table below 100,000."""
    if isinstance(owed, OpenYear):
        return owed
    computed = compute(owed.computed.filer, law, tax_table=True)
    return replace(owed, computed=computed, credits=computed.credits.all)


def year_tax(owed: YearAsked, prior: PriorYear) -> YearTax:
    """Return what the required payment of the year of *owed* is measured by."""
    if isinstance(owed, OpenYear):
        return YearTax(year=owed.year, status=owed.profile.filing_status, tax=None, withholding=owed.withheld,
                       prior_tax=prior.tax, prior_agi=prior.agi)  # fmt: skip
    summary = owed.computed.summary
    income_tax = summary["income_tax"] + summary["amt"]
    others = summary["se_tax"] + summary["niit"] + summary["additional_medicare"]
    used = owed.computed.credits
    left = income_tax - used.against_income_tax
    return YearTax(
        year=owed.year,
        status=owed.profile.filing_status,
        tax=owed.tax,
        income_tax=left,
        other_taxes=others,
        credits=min(used.beyond, left + others),
        withholding=owed.withheld,
        prior_tax=prior.tax,
        prior_agi=prior.agi,
    )


def method_of(required: RequiredPayment) -> str:
    """Name the rule that decides: current_year_90, prior_year_100, prior_year_110; none or unknown where none does."""
    if required.required is None:
        return NOT_KNOWN
    if not required.penalty_possible and not required.why.startswith("withholding"):
        return NOTHING_REQUIRED
    if required.method == "prior year" and required.prior_year is not None:
        return "prior_year_110" if required.prior_year.label.startswith("110") else "prior_year_100"
    return "current_year_90"
