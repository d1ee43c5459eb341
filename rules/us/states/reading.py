"""A state's case told in JSON: a federal case with `state`, `state_facts`, `state_depreciation`; and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, cast, get_args

from lotwork.ledger.events import STATE_OF_LOCALITY, Locality
from lotwork.rules.case import amounts, problem
from lotwork.rules.errors import CaseRefusedError, UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.filer import KEYS, LABELS, read_case
from lotwork.rules.us.individual import compute
from lotwork.rules.us.states.case import StateCase, StateDepreciation, StateFacts, StateReturn
from lotwork.rules.us.states.depreciation import differs
from lotwork.rules.us.states.gaps import CONDITIONS, follows_federal_deduction
from lotwork.rules.us.states.state_return import state_return
from lotwork.rules.us.states.table import StateTable, topic_of
from lotwork.rules.us.states.years import why

DEPRECIATED = "state_depreciation"
OWN = ("state", "state_facts", DEPRECIATED)
UNTOLD = (
    "{name} counts depreciation otherwise than the federal return, and the case does not tell it: it is taken as the "
    "same. Tell `state_depreciation`, or {{}} where nothing was depreciated"
)
UNTOLD_SPOUSE = (
    "the federal return has no standard deduction where the spouse itemizes (26 U.S.C. 63(c)(6)(A)), and the return of "
    "{name} follows it: one is given, and the case does not tell what the spouse does. Tell `must_itemize`, "
    "true or false"
)
REFUSED = "this case cannot be computed"
FACTS = tuple(each.name for each in fields(StateFacts) if each.name not in ("dependents", "locality"))
DEPRECIATION = tuple(each.name for each in fields(StateDepreciation) if each.name not in ("improvements", "lines"))
SIGNED = ("gain_difference",)
"""What of a state's depreciation may be negative: more basis is left to the state than federally."""
LETTERS = 2
LOCALITIES = get_args(Locality)
"""Whose tax stands on the return of their state."""


def read_state_case(case: Mapping[str, object], law: Law, *, tax_table: bool = False) -> StateCase:
    """Return the case of a state with its federal return, computed; CaseRefusedError for what is none."""
    strangers = [key for key in case if key not in KEYS and key not in LABELS and key not in OWN]
    if strangers:
        known = f"the keys are {', '.join((*KEYS, *OWN))}"
        raise CaseRefusedError(REFUSED, [problem(key, "not a key of a case", known) for key in strangers])
    state = case.get("state")
    if not isinstance(state, str) or len(state) != LETTERS or not state.isascii() or not state.isalpha():
        raise CaseRefusedError(REFUSED, [problem("state", f"{state!r} is no state", 'write two letters, "GA"')])
    topic_of(law, state)
    facts, depreciation = _facts(_object(case, "state_facts")), _object(case, DEPRECIATED)
    if state.upper() == STATE_OF_LOCALITY and facts.locality not in (None, *LOCALITIES):
        remedy = f"say {' or '.join(LOCALITIES)}, or leave it out"
        raise CaseRefusedError(REFUSED, [problem("locality", f"{facts.locality!r} has no tax there", remedy)])
    told = {key: value for key, value in case.items() if key not in OWN}
    federal = compute(read_case(told), law, tax_table=tax_table)
    own = StateDepreciation(**_deducted(amounts(depreciation, DEPRECIATION)))
    return StateCase(state=state.upper(), year=federal.filer.year, federal=federal, depreciation=own, facts=facts)


def _object(case: Mapping[str, object], key: str) -> Mapping[str, object]:
    told = case.get(key, {})
    if not isinstance(told, Mapping):
        raise CaseRefusedError(REFUSED, [problem(key, f"{told!r} is no object", 'write {"dependents": 1}')])
    return cast("Mapping[str, object]", told)


def _deducted(told: Mapping[str, Decimal]) -> dict[str, Any]:
    """Return the amounts of depreciation; what is deducted is no negative amount, and a spouse's is a part of it."""
    problems = [
        problem(key, f"{amount} is no amount", "this amount is 0 or more")
        for key, amount in told.items()
        if amount < 0 and key not in SIGNED
    ]
    problems += [
        problem(part, f"{told[part]} is more than `{whole}`", f"it is a part of `{whole}`")
        for part, whole in (("spouse_federal", "federal"), ("spouse_own", "own"))
        if told[part] > told[whole]
    ]
    if problems:
        raise CaseRefusedError(REFUSED, problems)
    return dict(told)


def _facts(told: Mapping[str, object]) -> StateFacts:
    """Return the facts: amounts, the count of dependents, and the place."""
    read = amounts(told, ("dependents", *FACTS), words=("locality",))
    given: dict[str, Any] = {key: read[key] for key in FACTS if key in told}
    place, dependents = told.get("locality"), read["dependents"]
    if place is not None and not isinstance(place, str):
        raise CaseRefusedError(REFUSED, [problem("locality", f"{place!r} is no place", 'write "nyc"')])
    if dependents != dependents.to_integral_value():
        raise CaseRefusedError(REFUSED, [problem("dependents", f"{dependents} is not whole", "write 2")])
    return StateFacts(dependents=int(dependents), locality=place and place.strip().lower(), **given)


def compute_case(case: Mapping[str, object], law: Law, *, tax_table: bool = False) -> dict[str, object]:
    """Return the figures of a state's case in dollars and cents, its lines and its words."""
    read = read_state_case(case, law, tax_table=tax_table)
    try:
        made = state_return(read, law)
    except UnknownFigureError as lacks:
        raise UnknownFigureError(why(law, read.state, read.year, lacks)) from lacks
    businesses = read.federal.filer.schedule_c_net or read.federal.filer.spouse_schedule_c_net
    if businesses and DEPRECIATED not in case and differs(law, read.state, read.year):
        made = replace(made, not_covered=(UNTOLD.format(name=made.name), *made.not_covered))
    if CONDITIONS["separate_untold"](read) and follows_federal_deduction(StateTable(law, read.state, read.year)):
        made = replace(made, not_covered=(UNTOLD_SPOUSE.format(name=made.name), *made.not_covered))
    return told(made)


def told(made: StateReturn) -> dict[str, object]:
    """Return a state's return as JSON tells it: the figures by name, each line, and what the state says in words."""
    return {
        **{key: _cents(amount) for key, amount in made.summary.items()},
        "return": {
            "state": made.state, "name": made.name, "form": made.form, "year": made.year,
            "has_income_tax": made.has_income_tax, "due": None if made.due is None else made.due.isoformat(),
        },
        "lines": [
            {
                "form": each.form, "line": each.line, "label": each.label, "amount": _cents(each.amount),
                "cites": list(each.cites), "inputs": list(each.inputs), "figures": list(each.figures),
            }
            for each in made.lines
        ],
        "not_covered": list(made.not_covered),
        "unverified": list(made.unverified),
        "words": list(made.words),
    }  # fmt: skip


def _cents(amount: Decimal) -> str:
    return f"{to_cents(amount):f}"
