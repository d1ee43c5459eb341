"""What is said of an event that is there: where its coins went, that it never was; and a payment that was made."""

from __future__ import annotations

from lotwork.ledger.events import Event, Movement, Void
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import CENT
from lotwork.projections.filer.taxpayer import year_end
from lotwork.rules.line import to_cents
from lotwork.web.acts.act import Act, Field, Form, Line, Told, day_field, said
from lotwork.web.reading import Reading
from lotwork.web.views.event import in_brief
from lotwork.web.views.fed import recorded
from lotwork.web.views.quarterly import quarterly_view
from lotwork.web.wording import words

TRANSFER = "transfer"
WENT = (
    (TRANSFER, "To another wallet of my own"), ("sold", "Sold"), ("spent", "Spent on something"),
    ("gift", "Given away"), ("donated", "Given to a charity"), ("lost", "Lost"),
)  # fmt: skip
BROUGHT = ("sold", "spent", "donated")
"""The ways of leaving that bring something, or are told with what the coins were worth."""
PAYMENTS = ("estimated", "extension", "balance", "withholding")


def event_named(reading: Reading, name: str) -> Event | None:
    """Return the event of that id as it was recorded; None where the book has none."""
    found = recorded(reading, name)
    return None if found is None else found[1]


def _movement_form(reading: Reading, told: Told) -> Form | None:
    event = event_named(reading, told.get("event", ""))
    if not isinstance(event, Movement) or event.id in reading.history.voided:
        return None
    return Form(
        "What was this?",
        f"{in_brief(reading, event)}: coins left, and nobody said why.",
        (
            Field("what", "It was", "choice", told.get("what", TRANSFER), choices=WENT),
            Field("to_wallet", "The wallet that got them", value=told.get("to_wallet", ""), required=False,
                  hint="of a transfer"),
            Field("proceeds_usd", "What they brought, in dollars", value=told.get("proceeds_usd", ""), required=False,
                  hint="sold or spent; of a donation, what they were worth"),
            Field("reason", "How you know", value=told.get("reason", "")),
        ),
        (("event", event.id),),
    )  # fmt: skip


def _movement_lines(_: Reading, told: Told) -> list[Line]:
    what = told.get("what", "")
    if what == TRANSFER:
        change: Line = {"kind": "transfer", **said(told, "to_wallet")}
    else:
        change = {"kind": "sale", "disposition": what, "proceeds_usd": "0"}
        if what in BROUGHT:
            change.update(proceeds_usd=told.get("proceeds_usd", "").strip())
    return [{"kind": "correction", "target": told.get("event", ""), "set": change, **said(told, "reason")}]


def _void_form(reading: Reading, told: Told) -> Form | None:
    event = event_named(reading, told.get("event", ""))
    if event is None or event.id in reading.history.voided:
        return None
    back = " What it took out counts again." if isinstance(event, Void) else ""
    return Form(
        "Take it out",
        f"{in_brief(reading, event)}. It stays in the log, and counts no more; a void can itself be taken out.{back}",
        (Field("reason", "Why", value=told.get("reason", "")),),
        (("event", event.id),),
    )


def _void_lines(_: Reading, told: Told) -> list[Line]:
    return [{"kind": "void", "target": told.get("event", ""), **said(told, "reason")}]


def _paid_form(reading: Reading, told: Told) -> Form | None:
    if not reading.is_us:
        return None
    view = quarterly_view(reading)
    due = "" if view is None or view.to_pay < CENT else f"{to_cents(view.to_pay):f}"
    return Form(
        "Mark as paid",
        f"Tax that you paid for {reading.year}, on the day it was paid.",
        (
            Field("amount_usd", "Dollars", value=told.get("amount_usd", due)),
            day_field("day", "Paid on", told, reading.today),
            Field("type", "Kind", "choice", told.get("type", PAYMENTS[0]),
                  choices=tuple((each, words(each)) for each in PAYMENTS)),
            *_paid_whom(reading, told),
            Field("note", "Note", value=told.get("note", ""), required=False, hint="the number of the receipt"),
        ),
    )  # fmt: skip


def _paid_whom(reading: Reading, told: Told) -> tuple[Field, ...]:
    """Return the question who was paid, of a taxpayer whose profile names a state."""
    state = reading.folded.taxpayer.profile_on(year_end(reading.year)).state
    if state is None:
        return ()
    choices = (("", "The United States"), (state, STATES[state]))
    return (Field("state", "Paid to", "choice", told.get("state", ""), required=False, choices=choices),)


def _paid_lines(reading: Reading, told: Told) -> list[Line]:
    line = said(told, "amount_usd", "type", "state", "note")
    return [{"kind": "payment", "at": told.get("day", ""), "year": reading.year, **line}]


MOVEMENT = Act("movement", _movement_form, _movement_lines)
VOID = Act("void", _void_form, _void_lines)
PAID = Act("paid", _paid_form, _paid_lines)
