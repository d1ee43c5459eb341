"""The law itself: `lotwork compute` for one case, `lotwork rules` for the figures."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping

import click

from lotwork.commands.answer import Call, answer, called, check_year, print_alone, read_law
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year, this_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.events import US
from lotwork.ledger.history import History
from lotwork.ledger.public_form.jsonlines import parse_object
from lotwork.projections.abroad.countries import COUNTRIES
from lotwork.reports.law import (
    COMPUTED,
    FIGURES,
    MISSING,
    VERSIONS,
    ComputedListing,
    list_amounts,
    list_law,
    list_missing,
    list_rule,
    list_words,
)

MOST_BYTES = 1 << 20
US_STATE = "us-state"
"""What `compute` calls the return of one of the United States."""


@click.command("compute")
@click.argument("jurisdiction", type=click.Choice([*COUNTRIES, US_STATE]))
@click.option(
    "--tax-table", is_flag=True, help="us, us-state: the IRS Tax Table below 100,000 instead of the exact formula."
)
@Wide
@called
def compute_command(call: Call, *, jurisdiction: str, tax_table: bool) -> int:
    """Compute one case given as a JSON object on standard input; the figures come out as decimal strings.

    us-state computes a state's return from the keys of a federal case and `state`, `state_facts`, `state_depreciation`.
    """
    law = read_law()
    problems: list[Problem] = []
    case = parse_object(sys.stdin.buffer.read(MOST_BYTES), "standard input", problems)
    if case is None:
        raise InputRefusedError("the case cannot be read", problems)
    words = {"tax_table": tax_table} if jurisdiction in (US, US_STATE) else {}
    computed = ComputedListing(law=law.digest, figures=_compute(jurisdiction)(case, law, **words))
    if call.as_json or not sys.stdout.isatty():
        print_alone(f"compute_{jurisdiction.replace('-', '_')}", computed)
    else:
        show_rows(f"Tax, {jurisdiction}", COMPUTED, list_amounts(computed))
        for heading, sentences in list_words(computed):
            tell(f"{heading}:\n" + "\n".join(f"  {each}" for each in sentences))
    return 0


def _compute(jurisdiction: str) -> Callable[..., Mapping[str, object]]:
    """Return what computes a case of a country, or of one of the United States."""
    if jurisdiction != US_STATE:
        return COUNTRIES[jurisdiction].compute
    from lotwork.rules.us.states.reading import compute_case  # noqa: PLC0415 - only a state needs its stages

    return compute_case


@click.group("rules")
def rules_command() -> None:
    """Read the law data: every figure with its date, citation and source."""


@rules_command.command("list")
@Wide
@called
def list_rules(call: Call) -> int:
    """List every figure and the days from which its versions are in force."""
    if call.named:
        call.check_named()
    law = read_law()
    listing = list_law(law)
    if call.as_json:
        print_alone("rules", listing)
    else:
        show_rows(f"Law {law.digest[:12]}", FIGURES, listing.rows)
    return 0


@rules_command.command("show")
@click.argument("path")
@Wide
@called
def show_rule(call: Call, *, path: str) -> int:
    """Show one figure: every version with its day, value, status, confidence and source; this book's rules too."""
    with call.log_of_law() as log:
        law = read_law(history=History.read(log, call.book))
    listing = list_rule(law, path)
    if call.as_json:
        print_alone("rule", listing)
        return 0
    tell(f"path: {listing.path}\ntitle: {listing.title}\nunit: {listing.unit}\ncite: {listing.cite}")
    if listing.note is not None:
        tell(f"note: {listing.note}")
    show_rows("In force", VERSIONS, listing.rows)
    return 0


@rules_command.command("missing")
@Year
@click.option("--jurisdiction", type=click.Choice(list(COUNTRIES)), help="One country alone.  [default: every one]")
@click.option("--state", metavar="XX", help="us: the figures of one state too, by its two letters.")
@Wide
@called
@reading
def missing_rules(
    call: Call, *, year: int | None, jurisdiction: str | None, state: str | None, options: AsOfOptions
) -> int:
    """List the figures that a year lacks, with the last that is known of each.

    A computation of that year is refused each of them, or takes it though it is not enacted (`lacks`: value,
    enactment). The exit code is 1 where there are any.
    """
    from lotwork.projections.findings import Finding  # noqa: PLC0415 - only this command looks for what is not there
    from lotwork.rules.missing import missing  # noqa: PLC0415 - the same
    from lotwork.rules.us.states.table import topic_of  # noqa: PLC0415 - the same

    if year is not None:
        check_year(year)
    states = () if state is None else (state.upper(),)
    every = [US] if states else list(COUNTRIES)
    countries = every if jurisdiction is None else [jurisdiction]
    with call.log_of_law() as log:
        year = this_year(call, log, options.as_of) if year is None else year
        history = options.history(call, log)
        law = options.law(call, history, year)
        for each in states:
            topic_of(law, each)
        listing = list_missing(year, missing(law, year, read_law(), states), countries)
        counts = Counter(row.jurisdiction for row in listing.rows)
        findings = [
            Finding(
                "figures_missing",
                f"{COUNTRIES[code].name}: {count} figure{'s' if count > 1 else ''} of {year} not known as enacted; "
                "add each to the rule files, or record a `rule` event with its citation",
            )
            for code, count in counts.items()
        ]

        def show() -> None:
            for code in countries:
                named = " and ".join([COUNTRIES[code].name, *(states if code == US else ())])
                title = f"{named}, {year}: figures that are missing"
                show_rows(title, MISSING, [row for row in listing.rows if row.jurisdiction == code])

        return answer(call, "rules_missing", listing, log=log, law=law, findings=findings,
                      up_to=history.up_to, show=show)  # fmt: skip


@rules_command.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default="book")
@click.option("--year", type=int, metavar="Y", help="The lines of this tax year only.")
@Wide
@called
def diff_rules(call: Call, *, before: str, after: str, year: int | None) -> int:
    """List the figures that differ between two laws, and every form line of the book that moves with them.

    A and B are each a folder of law, `shipped`, `book` (the same with this book's rules), `filed:YEAR`, or a position
    of the log. Without B, A is held against the book's law.
    """
    from lotwork.projections.as_of import law_named  # noqa: PLC0415 - only this command folds a book
    from lotwork.projections.filing.law_effect import effects, years_of  # noqa: PLC0415 - the same
    from lotwork.reports.moves import DIFFERING, MOVED, list_law_change  # noqa: PLC0415 - the same
    from lotwork.rules.compare import difference  # noqa: PLC0415 - only this command compares

    if year is not None:
        check_year(year)
    with call.log_of_law() as log:
        history = History.read(log, call.book, up_to=log.head(call.book).position)
        old, new = (law_named(name, call.home, history) for name in (before, after))
        changed = difference(old, new)
        years = () if not changed else years_of(history, new) if year is None else (year,)
        found = list(effects(history, old, new, years, changed)) if history.up_to else []
    listing = list_law_change(call.book, old, new, changed, found)
    if call.as_json:
        print_alone("rules_diff", listing)
        return 0
    show_rows("Figures that differ", DIFFERING, listing.rows)
    for each in listing.years:
        show_rows(f"Tax year {each.year}: lines that move", MOVED, each.lines)
        if each.unknown:
            call.say(f"  {each.unknown}")
    return 0
