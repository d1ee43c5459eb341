"""Filers of a state nobody thought of: those of the federal oracles, with all that a state asks, aimed at its edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from lotwork.ledger.events import FilingStatus
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.us.individual import Return, compute, read_case
from lotwork.rules.us.states.case import StateCase, StateFacts
from lotwork.rules.us.states.state_return import state_return
from tests.drawing import seeded
from tests.oracles.chance import Chance
from tests.oracles.filers import MIDDLE, Case, edges, filer
from tests.rules.us.law import LAW

STATES = ("CA", "CO", "GA", "IL", "KY", "MT", "NC", "NE", "NY", "OH", "OK", "PA", "WA")
STATE_KEYS = ("state", "dependents", "locality", "additions", "subtractions")
SCHEDULE_A = ("state_income_tax", "real_estate_taxes", "mortgage_interest", "gifts")
"""What Schedule A is made of: PolicyEngine is told the parts, and Lotwork what comes of them."""
OF_ITS_OWN = ("PA", "WA")
"""States that know no loss carried in, which PolicyEngine holds in the gains of the year."""
TAXES_PAID = SCHEDULE_A[:2]
"""Montana's are not drawn: PolicyEngine has its deductions of before 2024, with a limit of their own."""
LOCALITIES = ("nyc", "nyc", "yonkers")
MOST_DEPENDENTS = 6
SMALL, LOSS, MORTGAGE = 40_000, 20_000, 45_000
ASIDE = tuple(Decimal(text) for text in ("-50", "-1", "1", "50"))
"""How far from an edge of the law: to the dollar, as single precision knows larger incomes."""
LEAST_EDGE = 400
MEASURES = ("agi", "taxable_income", "state_income", "state_taxable_income")


def federal_part(case: Case) -> Case:
    """Return what of *case* the federal return is made of."""
    return {key: told for key, told in case.items() if key not in (*STATE_KEYS, *SCHEDULE_A)}


def state_facts(case: Case, **told: Decimal) -> StateFacts:
    """Return what *case* tells for the state alone, with what else was *told*."""
    amounts = {name: Decimal(case.get(name, 0)) for name in ("additions", "subtractions")}
    more = {name: value + amounts.get(name, 0) for name, value in told.items()}
    return StateFacts(dependents=case.get("dependents", 0), locality=case.get("locality"), **{**amounts, **more})


def state_filer(chance: Chance, year: int, state: str) -> Case:
    """Return one filer of *year*, a resident of *state*: a case of `lotwork compute us-state`, and Schedule A."""
    case: dict[str, Any] = filer(chance, year)
    for key in ("itemized_deductions", "itemized_taxes"):
        case.pop(key, None)
    if chance.once_in(4):
        case["schedule_c_net"] = str(chance.dollars(SMALL))
        for key in ("retirement_contribution", "health_insurance"):
            case.pop(key, None)
    if case["status"] == "mfj" and chance.once_in(4):
        case |= _spouses_business(chance)
    if chance.once_in(4):
        more = chance.dollars(SMALL // 4)
        case["ordinary_dividends"] = str(Decimal(case.get("qualified_dividends", 0)) + more)
    if chance.once_in(12):
        case[chance.one_of(("hobby_income", "digital_income"))] = str(chance.dollars(SMALL))
    if state in OF_ITS_OWN:
        for key in ("short_term_carryover", "long_term_carryover"):
            case.pop(key, None)
    case |= _state_part(chance, case, state)
    if chance.once_in(3):
        case |= _schedule_a(chance)
        if state == "MT":
            case = {key: told for key, told in case.items() if key not in TAXES_PAID}
    elif chance.once_in(8):
        case["nol_carryover"] = str(chance.dollars(MIDDLE))
    return aimed(chance, case) if chance.once_in(3) else case


def _state_part(chance: Chance, case: Case, state: str) -> Case:
    """Return who depends on the filer, where he lives, and what the state adds and subtracts."""
    told: Case = {"state": state}
    if case["status"] in ("hoh", "qss") or chance.once_in(3):
        told["dependents"] = chance.whole(1, MOST_DEPENDENTS)
    if state == "NY" and chance.once_in(3):
        told["locality"] = chance.one_of(LOCALITIES)
    for name in ("additions", "subtractions"):
        if state != "WA" and chance.once_in(6):
            told[name] = str(chance.dollars(SMALL // 2))
    return told


def _spouses_business(chance: Chance) -> Case:
    """Return a business of the spouse's own, with its rigs, wages, plan and insurance."""
    net = chance.dollars(MIDDLE) * (-1 if chance.once_in(5) else 1)
    told = {"spouse_schedule_c_net": str(net)}
    if chance.once_in(2):
        told |= {"spouse_ubia": str(chance.dollars(MIDDLE)), "spouse_w2_wages": str(chance.dollars(MIDDLE))}
    if net > SMALL // 2 and chance.once_in(3):
        told["spouse_retirement_contribution"] = str(chance.dollars(int(net) // 8))
        told["spouse_health_insurance"] = str(chance.dollars(SMALL // 8))
    return told


def _schedule_a(chance: Chance) -> Case:
    """Return the parts of Schedule A."""
    most = {"state_income_tax": LOSS, "real_estate_taxes": LOSS, "mortgage_interest": MORTGAGE, "gifts": LOSS}
    return {name: str(chance.dollars(most[name])) for name in SCHEDULE_A if not chance.once_in(4)}


@cache
def state_edges(state: str, year: int, status: FilingStatus) -> tuple[Decimal, ...]:
    """Return the dollars of the law of *state* that some income may lie beside."""
    room = f"us/states/{state.lower()}/"
    found: set[Decimal] = set()
    for path in LAW.paths():
        if not path.startswith(room):
            continue
        try:
            figure = LAW.in_year(path, year)
        except UnknownFigureError:
            continue
        if figure.unit.startswith("usd"):
            found |= set(_leaves(figure.value, status))
        if path.endswith("family_size_income"):
            parts = LAW.in_year(f"{room}family_size_tops", year).amounts()
            found |= {level * part for level in figure.numbers().values() for part in parts}
    return tuple(sorted(each for each in found if each >= LEAST_EDGE))


def _leaves(value: Any, status: FilingStatus) -> Iterator[Decimal]:
    if isinstance(value, Mapping):
        for each in [value[status]] if status in value else value.values():
            yield from _leaves(each, status)
    elif isinstance(value, Decimal):
        yield value
    else:
        for each in value:
            yield from _leaves(each, status)


def reckoned(case: Case) -> tuple[Return, Mapping[str, Decimal]]:
    """Return the federal return of *case* and the figures of both, Schedule A left out."""
    federal = compute(read_case(federal_part(case)), LAW)
    made = StateCase(state=case["state"], year=case["year"], federal=federal, facts=state_facts(case))
    return federal, {**federal.summary, **state_return(made, LAW).summary}


def aimed(chance: Chance, case: Case) -> Case:
    """Return *case* with so much interest, or so much less of wages, that one of its incomes lies beside an edge."""
    state, year, status = case["state"], case["year"], case["status"]
    of_state = state_edges(state, year, status)
    at = chance.one_of(of_state if of_state and not chance.once_in(4) else edges(LAW, year, status))
    measure = chance.one_of(MEASURES)
    missing = at + chance.one_of(ASIDE) - reckoned(case)[1][measure]
    key = "taxable_interest" if missing > 0 else "wages"
    told = Decimal(case.get(key, 0)) + missing
    return {**case, key: str(told)} if told > 0 else case


def state_filers(year: int, state: str, count: int, seed: str = "policyengine") -> Iterator[Case]:
    """Yield *count* filers of *state* and *year*, the same ones for the same *seed*, but in `make fuzz`."""
    chance = Chance(seeded(f"{seed}/{state}/{year}"))
    return (state_filer(chance, year, state) for _ in range(count))
