"""The answer to a problem: the very command that the finding names, with fields for what only a person knows.

What is asked and what is recorded follow from the finding as it stands now; a page says only which command of it is
meant, and fills in its blanks.
"""

from __future__ import annotations

from typing import Any

from lotwork.projections.findings import Finding
from lotwork.web.acts.act import Act, Field, Form, Line, Told
from lotwork.web.answering import Blank, Command, commands_of
from lotwork.web.reading import Reading
from lotwork.web.remedies import REMEDIES, Remedy
from lotwork.web.wording import words


def finding_named(reading: Reading, told: Told) -> Finding | None:
    """Return the finding that is meant: by its code and its event."""
    code, event = told.get("code", ""), told.get("event", "")
    return next((each for each in reading.findings if each.code == code and (each.event or "") == event), None)


def _filled(value: Any, told: Told) -> Any:
    if isinstance(value, Blank):
        return told.get(value.field, "").strip()
    if isinstance(value, dict):
        return {name: _filled(inner, told) for name, inner in value.items()}
    return value


def _meant(reading: Reading, told: Told) -> Command | None:
    finding = finding_named(reading, told)
    which = told.get("which", "")
    commands = () if finding is None else commands_of(reading, finding)
    if not (which.isascii() and which.isdigit() and len(which) <= 2) or int(which) >= len(commands):  # noqa: PLR2004 - no finding has a hundred
        return None
    return commands[int(which)]


def _form(reading: Reading, told: Told) -> Form | None:
    finding, command = finding_named(reading, told), _meant(reading, told)
    if finding is None or command is None:
        return None
    title = REMEDIES.get(finding.code, Remedy(words(finding.code))).title
    fields = tuple(
        Field(each.field, each.label, value=told.get(each.field, ""), hint=each.stands_for) for each in command.blanks
    )
    unseen = (("code", finding.code), ("event", finding.event or ""), ("which", told.get("which", "")))
    return Form(title, command.text, fields, unseen)


def _lines(reading: Reading, told: Told) -> list[Line]:
    command = _meant(reading, told)
    return [] if command is None else [dict(_filled(line, told)) for line in command.lines]


ANSWER = Act("answer", _form, _lines)
