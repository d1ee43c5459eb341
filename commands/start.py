"""The first minute: `lotwork init` makes a home, `lotwork demo` one that shows something."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import get_args

import click

from lotwork.commands.answer import Call, called, print_result
from lotwork.commands.record import record
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.events import US, FilingStatus
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import AmountError
from lotwork.reports.start import DemoListing, HomeListing
from lotwork.service.by_hand import check

WHO = "lotwork init --help            who you are, which is not told yet: filing status, business or hobby, time zone"
NEXT = (
    "lotwork source add             your pool, your node, a folder: asked for and tested",
    "lotwork import FILE ...        exports as they were downloaded, tables, events as JSON Lines",
    "lotwork add KIND ...           one event by hand: lotwork add --help lists the kinds",
    "lotwork run                    the daemon and its dashboard, on http://127.0.0.1:8949",
    "lotwork demo                   a made-up miner's book, to look around in",
)


STATUS = (
    "Filing status: married jointly is mfj, married separately mfs, head of household hoh, "
    "qualifying surviving spouse qss"
)


@click.command("init")
@click.option("--no-input", is_flag=True, help="Ask nothing.")
@click.option("--filing-status", type=click.Choice(get_args(FilingStatus)),
              help="Your filing status: single, married filing jointly or separately, head of household, or "
              "qualifying surviving spouse.")  # fmt: skip
@click.option("--activity", type=click.Choice(["business", "hobby"]), help="Is mining your business or a hobby?")
@click.option("--time-zone", metavar="ZONE", help="Your time zone, like America/New_York.")
@click.option("--state", metavar="XX", help="The state you live in, by its two letters, like GA.")
@called
def init_command(
    call: Call,
    *,
    no_input: bool,
    filing_status: str | None,
    activity: str | None,
    time_zone: str | None,
    state: str | None,
) -> int:
    """Make a home: settings to edit, an empty ledger, and your profile where you say what it is."""
    from lotwork.config import write_default  # noqa: PLC0415 - only what starts a home writes settings

    if not no_input and sys.stdin.isatty() and not call.as_json:
        filing_status = filing_status or click.prompt(STATUS, type=click.Choice(get_args(FilingStatus)))
        activity = activity or click.prompt("Mining is your", type=click.Choice(["business", "hobby"]))
        time_zone = time_zone or click.prompt("Your time zone", default="America/New_York", value_proc=_zone_asked)
    settings = write_default(call.home)
    told = {"filing_status": filing_status, "activity": activity, "time_zone": time_zone, "state": state}
    facts = {name: value for name, value in told.items() if value is not None}
    profile = _profile(call, facts) if facts else None
    if profile is None:
        with call.store():
            pass
    if call.as_json:
        listing = HomeListing(home=str(call.home), settings=str(settings), profile=profile)
        with call.log(begun=False) as log:
            print_result("init", listing, head=log.head(call.book))
    else:
        tell(f"{call.home} is ready, its settings in {settings.name}.")
        if profile is not None:
            said = ", ".join(f"{name}={value}" for name, value in facts.items())
            tell(f"Recorded as your profile, from {_since():%Y-%m-%d} on, as {profile}: {said}.")
        tell("Next:")
        for line in NEXT if profile is not None or _is_told(call) else (WHO, *NEXT):
            tell(f"  {line}")
    return 0


def _is_told(call: Call) -> bool:
    """Say if the book tells already who files."""
    with call.log(begun=False) as log:
        return any(log.read(call.book, kinds=("profile",)))


def _zone_asked(words: str) -> str:
    """Return the zone that *words* name; click asks again where there is none such."""
    try:
        zone_named(words.strip())
    except AmountError as broken:
        raise click.BadParameter(f"{broken.reason}: {broken.remedy}") from None
    return words.strip()


def _profile(call: Call, facts: dict[str, str]) -> str:
    """Record the profile the answers make, in force since the beginning of last year."""
    content = {"kind": "profile", "at": _since().isoformat(), "jurisdiction": US, **facts}
    with call.log(begun=False) as log:
        intake = Intake(log, call.book)
        intake.take([TextLine("init", content)], None)
        check(intake)
    (appended,) = record(call, intake)
    return next(iter((*appended.new, *appended.known)))


def _since() -> datetime:
    """Return when a profile that `lotwork init` is told comes into force: as last year began."""
    return datetime(SystemClock().now().year - 1, 1, 1, tzinfo=UTC)


@click.command("demo")
@called
def demo_command(call: Call) -> int:
    """Build the book `demo`: a sample miner's 2025 and 2026, all made up. It leaves every other book alone."""
    from lotwork.demo.book import BOOK, build_demo  # noqa: PLC0415 - only this command builds it

    with call.store() as store:
        appended = build_demo(store)
        head = store.head(BOOK)
    if call.as_json:
        print_result("demo", DemoListing(appended=appended), head=head)
    else:
        tell(f"book {BOOK}: {appended} made-up events appended, {head.position} in all.\nNext:")
        tell(f"  lotwork quarterly --year 2026 --book {BOOK}")
        tell(f"  lotwork run                    and open http://127.0.0.1:8949/?book={BOOK}")
    return 0
