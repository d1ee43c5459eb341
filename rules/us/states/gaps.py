"""What a state's return lacks, in words: each gap has a condition, and its words stand in the state's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from lotwork.ledger.events import JOINT, SEPARATE
from lotwork.ledger.units import ZERO
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.classes import OWN_CLASSES
from lotwork.rules.us.states.income import FEDERAL_TAXABLE
from lotwork.rules.us.states.table import StateTable

NYC = "nyc"
CONDITIONS: Mapping[str, Callable[[StateCase], bool]] = MappingProxyType(
    {
        "always": lambda _: True,
        "improvements": lambda case: case.depreciation.improvements,
        "aged": lambda case: bool(case.federal.filer.aged or case.federal.filer.blind),
        "dependents": lambda case: case.facts.dependents > 0,
        "joint": lambda case: case.federal.filer.status == JOINT,
        "itemized": lambda case: case.federal.taxable.itemized and case.facts.itemized_deductions is None,
        "net_operating_loss": lambda case: bool(case.federal.income.nol.deduction.amount),
        "excess_loss": lambda case: bool(case.federal.income.excess_loss.amount),
        "loss_carried": lambda case: bool(
            case.federal.filer.short_term_carryover or case.federal.filer.long_term_carryover
        ),
        "hobby": lambda case: bool(case.federal.filer.hobby_income or case.federal.filer.hobby_dollars),
        "other_income": lambda case: bool(case.federal.filer.other_ordinary_income),
        "business": lambda case: bool(case.federal.filer.schedule_c_net or case.federal.filer.spouse_schedule_c_net),
        "spouse_business": lambda case: case.federal.income.gathered.spouse is not None,
        "other_state": lambda case: bool(case.facts.other_state_tax),
        "rigs_sold": lambda case: bool(case.federal.filer.sales),
        "gain_difference": lambda case: bool(case.depreciation.gain_difference),
        "federal_itemizes": lambda case: case.federal.taxable.itemized,
        "section_179": lambda case: any(each.line == "12" and each.amount for each in case.depreciation.lines),
        "locality": lambda case: case.facts.locality is not None,
        "minimum_tax": lambda case: bool(case.federal.minimum.tax.amount),
        "separate": lambda case: case.federal.filer.status == SEPARATE,
        "separate_untold": lambda case: (
            case.federal.filer.status == SEPARATE
            and case.federal.filer.must_itemize is None
            and not case.federal.taxable.itemized
        ),
        "separate_choice": lambda case: (
            case.federal.filer.status == SEPARATE and case.federal.filer.must_itemize is not False
        ),
        "separate_gain": lambda case: case.federal.filer.status == SEPARATE and case.federal.filer.long_term_net > 0,
        "nyc": lambda case: case.facts.locality == NYC,
        "depreciation_differs": lambda case: bool(case.depreciation.added or case.depreciation.gain_difference),
        "rigs": lambda case: bool(case.depreciation.federal or case.depreciation.own),
        "added_below_zero": lambda case: bool(case.facts.additions) and case.federal.taxable.unfloored.amount < 0,
        "loss_from_depreciation": lambda case: case.federal.income.business.amount < 0 < case.depreciation.added,
    }
)
"""When the words of the same name in `not_covered` are told."""
UNTOLD_ITEMIZED = (
    "the federal return itemizes, and what {name} allows of it was not told: the standard deduction is taken. Record "
    "`state_itemized_deductions_usd` in the year's facts (the federal ones less what the state disallows, its own "
    "income tax above all)"
)
CHOOSE_ALIKE = (
    "spouses who file apart both take the standard deduction of {name} or both itemize there, and this return takes "
    "what is more for you alone: where the spouse's takes the other, record the difference in "
    "`state_additions_usd`; where the spouse takes the standard deduction, record `must_itemize=false` in the "
    "year's facts"
)
AS_FEDERAL = "as_federal"
OWN_EXCESS_LOSS = (
    "the federal limit of excess business losses (Form 461, 26 U.S.C. 461(l)) was taken as it is, though {name} counts "
    "depreciation otherwise: figure the loss under its depreciation, and record what it is less or more in "
    "`state_additions_usd` or `state_subtractions_usd`"
)
NO_DEDUCTION = "none"


def not_covered(case: StateCase, income: Decimal, table: StateTable) -> tuple[str, ...]:
    """Return the words of every gap this return has, in the order of the table; *income* is the state's own."""
    found = []
    told = table.maybe("not_covered")
    if told is not None:
        found += [words for name, words in told.names().items() if CONDITIONS[name](case)]
    if _is_low(case, income, table):
        found.append(table.text("low_income_words"))
    if _earns_alone(case, table):
        found.append(table.text("self_employed_words"))
    takes = table.has("standard_deduction") and table.text("deduction_choice") != NO_DEDUCTION
    if takes and CONDITIONS["itemized"](case):
        found.append(UNTOLD_ITEMIZED.format(name=table.figure("name").text()))
    words = told.names() if told is not None else {}
    chooses = takes and not follows_federal_deduction(table) and "separate_choice" not in words
    if chooses and CONDITIONS["separate_choice"](case):
        found.append(CHOOSE_ALIKE.format(name=table.figure("name").text()))
    if "excess_loss" not in words and table.text("start") != OWN_CLASSES and _limits_another_loss(case):
        found.append(OWN_EXCESS_LOSS.format(name=table.figure("name").text()))
    if case.facts.other_state_tax and not table.text("other_state_credit"):
        found.append("the credit for tax paid to another state is not reckoned here: figure it on the state's form, "
                     "and record it in `state_nonrefundable_credits_usd`")  # fmt: skip
    locality = case.facts.locality
    if locality is not None and not any(table.has(f"local_{locality}_{part}") for part in ("tops", "part")):
        found.append(f"the tax of {locality} is not covered: pay and file it as the place asks")
    return tuple(dict.fromkeys(found))


def follows_federal_deduction(table: StateTable) -> bool:
    """Say whether what the federal return deducts decides the state's: by its choice, or where the state starts."""
    return table.text("deduction_choice") == AS_FEDERAL or table.text("start") == FEDERAL_TAXABLE


def _limits_another_loss(case: StateCase) -> bool:
    """Say whether the federal return limits a loss that the state counts in another amount."""
    return bool(case.federal.income.excess_loss.amount and case.depreciation.added)


def _earns_alone(case: StateCase, table: StateTable) -> bool:
    """Say whether a person's own business earns so much that a tax on its profit may be due, by where it is done."""
    above = table.maybe("self_employed_above")
    return above is not None and any(each.amount > above.amount() for each in case.federal.income.businesses)


def _is_low(case: StateCase, income: Decimal, table: StateTable) -> bool:
    """Say whether income is so low that a credit for it may be due, which no case tells enough to reckon."""
    low, more = table.maybe("low_income"), table.maybe("low_income_dependent")
    if low is None:
        return False
    added = more.amount() * case.facts.dependents if more is not None else ZERO
    measured = income if table.text("start") == OWN_CLASSES else case.federal.income.agi.amount
    return measured < low.by_status(case.federal.filer.status) + added
