"""Taking out what a file brought: a void of each event that an import recorded, which can itself be undone."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.events import Event
from lotwork.web.acts.act import Act, Field, Form, Line, Told, said
from lotwork.web.reading import Reading
from lotwork.web.wording import plural

DIGITS = 12


def between(told: Told) -> tuple[int, int]:
    """Return the positions told as `after` and `upto`; (0, 0) where they are none."""
    texts = told.get("after", ""), told.get("upto", "")
    if not all(text.isascii() and text.isdigit() and len(text) <= DIGITS for text in texts):
        return 0, 0
    return int(texts[0]), int(texts[1])


def _brought(reading: Reading, told: Told) -> Iterator[Event]:
    """Yield what was recorded between two positions and still counts."""
    after, upto = between(told)
    if after < upto <= reading.head.position:
        log = reading.history.log
        for _, event in log.read(reading.book, after=after, up_to=upto):
            if event.id not in reading.history.voided:
                yield event


def _form(reading: Reading, told: Told) -> Form | None:
    count = sum(1 for _ in _brought(reading, told))
    if not count:
        return None
    after, upto = between(told)
    return Form(
        "Take out what a file brought",
        f"{plural(count, 'event')}, recorded together. They stay in the log, and count no more; each void can itself "
        "be taken out.",
        (Field("reason", "Why", value=told.get("reason", "")),),
        (("after", str(after)), ("upto", str(upto))),
    )


def _lines(reading: Reading, told: Told) -> list[Line]:
    return [{"kind": "void", "target": event.id, **said(told, "reason")} for event in _brought(reading, told)]


TAKEOUT = Act("takeout", _form, _lines)
