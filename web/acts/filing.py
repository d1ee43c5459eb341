"""A year's return recorded as filed, with each thing that is open acknowledged by its own name, after a look at it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.public_form.parse_words import parse_day
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import AmountError
from lotwork.projections.filing.check import name_of
from lotwork.projections.findings import Finding
from lotwork.reports.traced import traced_line_row
from lotwork.rules.law_archive import LawArchive
from lotwork.service.return_filing import SETTLED_ONLY, Return, make_return
from lotwork.web.acts.act import Act, Brought, Field, Form, Told, day_field
from lotwork.web.forms import form_groups, form_line
from lotwork.web.reading import Reading
from lotwork.web.remedies import REMEDIES, Remedy
from lotwork.web.wording import day, plural, usd, words

ACKNOWLEDGED = "ack:"
"""How the name of a field begins that acknowledges a finding, or all of a code."""
EACH = 5
"""So many findings of one code are acknowledged one by one; more of them, together."""
MOST_ASKED = 60
YET, THOUGH = "", "yes"
SAYS = (
    "What is recorded is the return as the book stands now, by enacted law and the Tax Table; nothing is sent to the "
    "IRS. What is open is settled first, or acknowledged here by its name."
)


def _named(stops: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    """Yield what can be acknowledged: its name, its title, and what it says."""
    counts = Counter(finding.code for finding in stops)
    together = {code for code, count in counts.items() if count > EACH}
    told = set[str]()
    for finding in stops:
        name = finding.code if finding.code in together else name_of(finding)
        if finding.code in SETTLED_ONLY or name in told:
            continue
        told.add(name)
        title = REMEDIES.get(finding.code, Remedy(words(finding.code))).title
        more = f", {plural(counts[finding.code], 'of these', 'of these')}" if finding.code in together else ""
        yield name, f"{title}{more}", finding.message


def _form(reading: Reading, told: Told) -> Form | None:
    if not reading.is_us or not reading.is_over:
        return None
    stops = sorted(reading.stops, key=lambda each: (each.code, each.event or ""))
    fields = [day_field("filed_on", "Filed on", told, reading.today)]
    for name, title, message in list(_named(stops))[:MOST_ASKED]:
        choices = ((YET, "It is to be settled first"), (THOUGH, "Acknowledged: file though this is open"))
        fields.append(
            Field(f"{ACKNOWLEDGED}{name}", title, "choice", told.get(f"{ACKNOWLEDGED}{name}", YET), required=False,
                  hint=message, choices=choices)
        )  # fmt: skip
    return Form(f"File the return of {reading.year}", SAYS, tuple(fields))


def _day(text: str) -> date | None:
    try:
        return parse_day(text) if text else None
    except AmountError as broken:
        raise InputRefusedError("refused", [Problem("", "filed_on", broken.reason, broken.remedy)]) from broken


def filing_act(log: EventLog, clock: Clock) -> Act:
    """Return the act of filing what *log* holds, at the instants that *clock* tells."""

    def lines(reading: Reading, told: Told) -> Brought:
        names = tuple(
            name.removeprefix(ACKNOWLEDGED)
            for name, said in told.items()
            if name.startswith(ACKNOWLEDGED) and said == THOUGH and name.partition(":")[2].partition(":")[0] in REMEDIES
        )
        names = tuple(name for name in names if name.partition(":")[0] not in SETTLED_ONLY)
        filed_on = _day(told.get("filed_on", ""))
        log.check_written(reading.book)
        made = make_return(reading.home, log, reading.book, reading.year, names, filed_on, clock.now())
        if made.still_open:
            raise InputRefusedError("refused", list(_open(made.still_open)))
        if made.repeats is not None:
            raise InputRefusedError(
                f"the return of {reading.year} is filed with these figures already: {made.repeats.id}"
            )
        return _brought(reading, made)

    return Act("file", _form, lines, is_of_now=True)


def _open(still_open: Sequence[Finding]) -> Iterator[Problem]:
    for finding in still_open:
        settled = "settle it" if finding.code in SETTLED_ONLY else "settle it, or acknowledge it below"
        yield Problem(finding.event or "", finding.code, finding.message, settled)


def _brought(reading: Reading, made: Return) -> Brought:
    """Return the event that records *made*, with the answer and the law that it rests on."""
    archive = LawArchive(reading.home)
    evidence = hashlib.sha256(made.answer).hexdigest()
    state = made.prepared.state
    lines = (*made.prepared.owed.lines, *(state.lines if state.is_filed else ()))
    rows = map(traced_line_row, lines)
    told = ((row.form, form_line(row, row.amount_usd, usd(row.amount_usd))) for row in rows)
    if made.before is not None:
        amends = f"It amends {made.before.id}, filed on {day(made.history.calendar.day(made.before.at))}."
    else:
        amends = ""
    return Brought(
        event=made.event(archive.name(made.prepared.law), evidence),
        evidence=(made.answer,),
        keep=lambda: archive.keep(made.prepared.law),
        says=amends,
        forms=tuple(form_groups(told)),
    )
