"""The case a book tells: everything a year's return starts from, put together from the folds and the year's facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from msgspec import structs

from lotwork.ledger.events import JOINT, SEPARATE, PaymentType, State, YearFacts
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.filer.taxpayer import ProfileInForce
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.carried import Carried
from lotwork.projections.returns.rig_sales import HobbyGains, business_sales, hobby_gains
from lotwork.rules.line import to_cents
from lotwork.rules.us.capital import BoxTotal
from lotwork.rules.us.individual import Filer, Return, credits_of

OF_A_BUSINESS = ("retirement_contribution_usd", "health_insurance_usd", "w2_wages_paid_usd")
"""Facts of the business of one person."""
OF_ITS_BUSINESS = tuple(f"spouse_{name}" for name in OF_A_BUSINESS)
"""The same of the spouse's."""
BOX_OF_A_HOBBYS_RIG = {"short": "C", "long": "F"}
"""A thing that is no digital asset and that no broker reports stands in these boxes of Form 8949."""


PAID_OTHERWISE: tuple[PaymentType, ...] = ("estimated", "extension", "balance")
"""What is paid and not withheld."""


class YearInputs(NamedTuple):
    """What the return of one year is made of, as the book tells it."""

    year: int
    profile: ProfileInForce
    facts: YearFacts
    business: Business
    carried: Carried
    spouse_business: Business | None = None


def case_of(book: Book, told: YearInputs) -> Filer:
    """Return the filer of a year; what its facts contradict is left out, and `contradictions` says so."""
    year, profile, facts, business, carried, other = told
    facts = facts if profile.filing_status == JOINT else _of_one(facts)
    both = (business,) if other is None else (business, other)
    rigs = hobby_gains([each.equipment for each in both if each.is_hobby])
    itemized = _usd(facts.itemized_deductions_usd_micros)
    filer = Filer(
        year=year,
        status=profile.filing_status,
        schedule_c_net=_net_of_trade(business),
        spouse_schedule_c_net=_net_of_trade(other),
        wages=_usd(facts.wages_usd_micros),
        spouse_wages=_usd(facts.spouse_wages_usd_micros),
        short_term_net=_net(book, year, "short") + _usd(facts.other_short_term_gain_usd_micros) + _usd(rigs.short_term),
        long_term_net=_net(book, year, "long") + _usd(facts.other_long_term_gain_usd_micros) + _usd(rigs.long_term),
        boxes=boxes(book, year, rigs),
        sales=tuple(sale for each in both if not each.is_hobby for sale in business_sales(each.equipment)),
        other_ordinary_income=_usd(facts.other_ordinary_income_usd_micros),
        taxable_interest=_usd(facts.taxable_interest_usd_micros),
        qualified_dividends=_usd(facts.qualified_dividends_usd_micros),
        ordinary_dividends=_ordinary_dividends(facts),
        amt_depreciation=_sum(map(more_for_the_minimum_tax, both)),
        ubia=ZERO if business.is_hobby else _ubia(business) + _usd(facts.ubia_usd_micros),
        spouse_ubia=_ubia(other),
        business_w2_wages=_usd(facts.w2_wages_paid_usd_micros),
        hobby_income=_sum(each.hobby_income for each in both),
        hobby_dollars=_sum(each.hobby_dollars for each in both),
        digital_income=_sum(each.other_digital_income for each in both),
        short_term_carryover=carried.short_term,
        long_term_carryover=carried.long_term,
        qbi_loss_carryover=carried.qbi_loss,
        nol_carryover=carried.nol,
        excess_loss_carryover=carried.excess_loss,
        amt_nol_carryover=carried.amt_nol,
        section_1231_losses=carried.section_1231_losses,
        itemized_deductions=itemized,
        itemized_taxes=min(itemized, _usd(facts.itemized_taxes_usd_micros)),
        must_itemize=facts.must_itemize,
        aged=facts.aged_65_or_older or 0,
        blind=facts.blind or 0,
        material_participation=profile.material_participation,
        nonrefundable_credits=_usd(facts.nonrefundable_credits_usd_micros),
        refundable_credits=_usd(facts.refundable_credits_usd_micros),
        credits=_usd(facts.credits_usd_micros),
        withholding=_usd(facts.withholding_usd_micros) + paid(book, year, "withholding"),
        estimated_payments=paid(book, year, "estimated"),
        extension_payment=paid(book, year, "extension"),
    )
    return _with_plans(filer, facts)


def _with_plans(filer: Filer, facts: YearFacts) -> Filer:
    """Return *filer* with the pensions and premiums of each spouse, and the wages that the spouse's business paid."""
    return replace(
        filer,
        retirement_contribution=_usd(facts.retirement_contribution_usd_micros),
        retirement_plan=facts.retirement_plan,
        elsewhere_deferred=_usd(facts.elsewhere_deferred_usd_micros),
        age=facts.age,
        health_insurance=_usd(facts.health_insurance_usd_micros),
        spouse_w2_wages=_usd(facts.spouse_w2_wages_paid_usd_micros),
        spouse_retirement_contribution=_usd(facts.spouse_retirement_contribution_usd_micros),
        spouse_retirement_plan=facts.spouse_retirement_plan,
        spouse_elsewhere_deferred=_usd(facts.spouse_elsewhere_deferred_usd_micros),
        spouse_age=facts.spouse_age,
        spouse_health_insurance=_usd(facts.spouse_health_insurance_usd_micros),
    )


def _of_one(facts: YearFacts) -> YearFacts:
    """Return *facts* without what is a spouse's, who is on no return of one person."""
    return structs.replace(
        facts, **dict.fromkeys(name for name in facts.__struct_fields__ if name.startswith("spouse_"))
    )


def _net_of_trade(business: Business | None) -> Decimal:
    """Return line 31 of Schedule C; a hobby has none, nor has who mines nothing."""
    return ZERO if business is None or business.is_hobby else business.net


def _ubia(business: Business | None) -> Decimal:
    """Return the unadjusted basis of the rigs that serve a business."""
    rigs = None if business is None or business.is_hobby else business.equipment
    return ZERO if rigs is None else usd_decimal(rigs.ubia_usd_micros)


def more_for_the_minimum_tax(business: Business) -> Decimal:
    """Form 6251 line 2l: the regular tax's depreciation less that of the minimum tax."""
    rows = () if business.is_hobby else business.equipment.rows
    return usd_decimal(sum(row.macrs_usd_micros - row.amt_macrs_usd_micros for row in rows))


def boxes(book: Book, year: int, rigs: HobbyGains) -> tuple[BoxTotal, ...]:
    """Return Form 8949's totals by box, where the book keeps the rows of *year*; else none, and only sums are told."""
    sums = book.gains.by_box.items() if year in book.gains.years else ()
    totals = {box: BoxTotal(box, *map(usd_decimal, told)) for (when, box), told in sums if when == year}
    for term, gain in (("short", rigs.short_term), ("long", rigs.long_term)):
        if gain:
            box = BOX_OF_A_HOBBYS_RIG[term]
            known = totals.get(box, BoxTotal(box, ZERO, ZERO))
            totals[box] = known._replace(proceeds=known.proceeds + usd_decimal(gain))
    return tuple(totals[box] for box in sorted(totals))


def contradictions(profile: ProfileInForce, facts: YearFacts) -> Iterable[Finding]:
    """Yield what the facts of a year say that its filing status or another of them rules out."""
    if facts.spouse_wages_usd_micros and profile.filing_status != JOINT:
        yield Finding(
            "spouse_wages_not_joint",
            f"year_facts of {facts.year} tell wages of a spouse, and a {profile.filing_status} return has one person: "
            "they are in no figure; record a `profile` with filing_status=mfj, or spouse_wages_usd=0",
        )
    if profile.filing_status != JOINT and (named := _named(facts, OF_ITS_BUSINESS)):
        yield Finding(
            "spouse_facts_not_joint",
            f"year_facts of {facts.year} tell {named}, and a {profile.filing_status} return has one person: they are "
            "in no figure; record a `profile` with filing_status=mfj, or each of them as 0",
        )
    qualified, ordinary = facts.qualified_dividends_usd_micros or 0, facts.ordinary_dividends_usd_micros
    if ordinary is None and qualified:
        yield Finding(
            "ordinary_dividends_untold",
            f"year_facts of {facts.year} tell {to_cents(usd_decimal(qualified))} of qualified dividends and no "
            "ordinary ones, of which they are a part (Form 1099-DIV, boxes 1b and 1a): line 3b is taken as line 3a; "
            "record ordinary_dividends_usd",
        )
    elif ordinary is not None and ordinary < qualified:
        yield Finding(
            "ordinary_dividends_below_qualified",
            f"year_facts of {facts.year} tell {to_cents(usd_decimal(qualified))} of qualified dividends among "
            f"{to_cents(usd_decimal(ordinary))} of ordinary ones: as many are counted; correct one of the two",
        )
    taxes, itemized = facts.itemized_taxes_usd_micros or 0, facts.itemized_deductions_usd_micros or 0
    if taxes > itemized:
        yield Finding(
            "itemized_taxes_above_whole",
            f"year_facts of {facts.year} tell {to_cents(usd_decimal(taxes))} of taxes among "
            f"{to_cents(usd_decimal(itemized))} of itemized deductions: no more than the whole is counted; correct one "
            "of the two",
        )


def _ordinary_dividends(facts: YearFacts) -> Decimal | None:
    """Return all ordinary dividends, and no less than the qualified ones among them; None where nobody told."""
    told = facts.ordinary_dividends_usd_micros
    return None if told is None else max(_usd(told), _usd(facts.qualified_dividends_usd_micros))


def deduction_in_doubt(computed: Return) -> Iterable[Finding]:
    """Yield the question whether a separate return has a standard deduction, where nobody told what the spouse does."""
    filer, taken = computed.filer, computed.taxable.deduction.amount
    if filer.status != SEPARATE or computed.taxable.itemized or filer.must_itemize is not None:
        return
    yield Finding(
        "spouse_itemizing_untold",
        "a separate return has no standard deduction where the spouse itemizes (26 U.S.C. 63(c)(6)(A)), and "
        f"{to_cents(taken):,} of it are taken here: nobody told what your spouse does in {filer.year}; record "
        f"`year_facts` for {filer.year} with must_itemize=true, and your own "
        "itemized_deductions_usd, or with must_itemize=false",
    )


def credits_in_doubt(computed: Return, facts: YearFacts) -> Iterable[Finding]:
    """Yield the question of which kind a credit is, where nobody told: its kind decides what it may reduce."""
    untold = _usd(facts.credits_usd_micros)
    if not untold:
        return
    told, total, income_tax = credits_of(computed.filer), computed.total.amount, computed.income_taxes
    nonrefundable = told._replace(nonrefundable=told.nonrefundable + untold, untold=ZERO)
    refundable = told._replace(refundable=told.refundable + untold, untold=ZERO)
    kinds = (nonrefundable, refundable)
    either = [to_cents(total - each.used(income_tax, total - income_tax).all) for each in kinds]
    yield Finding(
        "credit_kind_untold",
        f"credits_usd of {facts.year} tells {to_cents(untold)} and not of which kind: one that reduces the income tax "
        f"of {to_cents(income_tax)} and no other tax (Schedule 3 line 8, the child tax credit; 26 U.S.C. 26(a)) leaves "
        f"{either[0]} of tax, one that is paid back beyond it (Schedule 3 line 14) {either[1]}: record "
        f"`year_facts` for {facts.year} with nonrefundable_credits_usd or refundable_credits_usd, and credits_usd=0",
    )


def facts_of_spouses(facts: YearFacts, other: Business | None) -> Iterable[Finding]:
    """Yield what facts of a joint return tell of one spouse, without saying of whom, or of one without a business."""
    if other is None or other.is_hobby:
        named = _named(facts, OF_ITS_BUSINESS)
        if named:
            yield Finding(
                "spouse_facts_without_business",
                f"year_facts of {facts.year} tell {named}, and the spouse has no business in it: they are in no figure "
                "(26 U.S.C. 401(c)(2), 162(l)(2)(A)); say with owner=spouse which wallets are the spouse's, or record "
                "each of them as 0",
            )
    if other is None:
        return
    untold = [name for name in OF_A_BUSINESS if _micros(facts, name) and _micros(facts, f"spouse_{name}") is None]
    if untold:
        spouses = ", ".join(f"spouse_{name}" for name in untold)
        yield Finding(
            "couple_facts_assumed",
            f"year_facts of {facts.year} tell {', '.join(untold)}, and both spouses mine: it is taken as the "
            "taxpayer's, within the income the taxpayer earned (26 U.S.C. 401(c)(2), 162(l)(2)(A)); say what is the "
            f"spouse's in {spouses}, 0 where nothing is",
        )


def _named(facts: YearFacts, names: Iterable[str]) -> str:
    return ", ".join(name for name in names if _micros(facts, name))


def _micros(facts: YearFacts, name: str) -> int | None:
    """Return an amount of *facts* in micro-dollars, by its key; None where it is not told."""
    told: int | None = getattr(facts, f"{name}_micros")
    return told


def paid(book: Book, year: int, kind: PaymentType, state: State | None = None) -> Decimal:
    """Return what events say was paid towards *year* in one way: of the federal tax, or of that of *state*."""
    payments = book.taxpayer.payments_for(year, state)
    return usd_decimal(sum(each.amount_usd_micros for each in payments if each.type == kind))


def paid_otherwise(book: Book, year: int) -> Decimal:
    """Return what events say was paid towards *year* and not withheld."""
    return sum((paid(book, year, kind) for kind in PAID_OTHERWISE), ZERO)


def _net(book: Book, year: int, term: Term) -> Decimal:
    return usd_decimal(book.gains.total(year, term).gain_usd_micros)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _usd(micros: int | None) -> Decimal:
    return usd_decimal(micros or 0)
