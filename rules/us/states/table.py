"""A state's table: the figures of one year, each remembered when it is asked for, and the lines of its form.

A stage of the return is on where its figures stand in the table. A figure that is missing altogether is a stage the
state does not have; one that stands there and says nothing about the year is unknown, and refused as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import StateNotCoveredError, UnknownFigureError
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

ROOM = "us/states/"
FROM_MEMORY = "memory"
"""How the confidence of a figure begins that nobody has looked up."""
LINE = " line "
WORDS = "words"
"""What else the state asks of a miner."""
WORDS_ALONE = (WORDS, "not_covered", "low_income_words", "self_employed_words", "self_employed_above")
"""What is told, and no figure of the return."""
FORM = "form"
"""Where the name of the state's return stands."""


def covered(law: Law) -> tuple[str, ...]:
    """Return the states this law has a table of: ("AK", "CO", ...)."""
    return tuple(topic.removeprefix(ROOM).upper() for topic in law.topics() if topic.startswith(ROOM))


def of_another(path: str, states: Collection[str | None]) -> bool:
    """Say if the figure at *path* is of a state that is none of *states*."""
    return path.startswith(ROOM) and path.removeprefix(ROOM).partition("/")[0].upper() not in states


def topic_of(law: Law, state: str) -> str:
    """Return the topic of *state* ("us/states/ga"); a state without one raises StateNotCoveredError."""
    topic = f"{ROOM}{state.lower()}"
    if law.content(topic) is None:
        raise StateNotCoveredError(
            f"{state}: the income tax of this state is not covered; covered are {', '.join(covered(law))}. Make the "
            "state's return by hand from the federal one, with its own depreciation (docs/states.md says how to add a "
            "state)"
        )
    return topic


def divisor(figure: Figure, amount: Decimal) -> Decimal:
    """Return *amount* of *figure*, to divide by; UnknownFigureError for nothing, which a `rule` may have brought in."""
    if not amount:
        raise UnknownFigureError(
            f"{figure.path} says 0, by which nothing is divided: correct the `rule` or the rule file that says so"
        )
    return amount


class StateTable:
    """The figures of one state in one tax year, under *law*."""

    def __init__(self, law: Law, state: str, year: int) -> None:
        self.law = law
        self.state = state
        self.year = year
        self._topic = topic_of(law, state)
        self._asked: dict[str, Figure] = {}

    def has(self, name: str) -> bool:
        """Say whether the state has this figure at all in the year, known or not."""
        path = self.path(name)
        return self.law.knows(path) and self.law.entry(path).is_law(date(self.year, 1, 1))

    def path(self, name: str) -> str:
        """Return the path of a figure of this state."""
        return f"{self._topic}/{name}"

    def figure(self, name: str) -> Figure:
        """Return the figure *name* of the year; UnknownFigureError where the year is not told."""
        found = self._asked.get(name)
        if found is None:
            found = self._asked[name] = self.law.in_year(self.path(name), self.year)
        return found

    def maybe(self, name: str) -> Figure | None:
        """Return the figure *name*, None where the state has none."""
        return self.figure(name) if self.has(name) else None

    def text(self, name: str) -> str:
        """Return the words of the figure *name*, nothing where the state has none."""
        return self.figure(name).text() if self.has(name) else ""

    def choice(self, name: str, known: Iterable[str], default: str | None = None) -> str:
        """Return the word of the figure *name*, one of those *known*; *default* where the state has none and may.

        UnknownFigureError for another word, which a `rule` may have brought in: it is never taken for one of them.
        """
        if default is not None and not self.has(name):
            return default
        word, words = self.figure(name).text(), tuple(known)
        if word not in words:
            raise UnknownFigureError(
                f"{self.path(name)} says {word!r} for {self.year}, which is none of {', '.join(words)}: correct the "
                "`rule` or the rule file that says so"
            )
        return word

    def switch(self, name: str) -> bool:
        """Say whether the rule *name* is on; a state without it has it off."""
        return self.has(name) and self.figure(name).switch()

    def where(self, key: str) -> tuple[str, str]:
        """Return the form and the line that *key* stands on; what stands on none is of the worksheet, by its name."""
        form, places = self.figure(FORM).text(), self.maybe("lines")
        place = places.names().get(key) if places is not None else None
        if place is None:
            return f"{form} worksheet", key.replace("_", " ")
        other, apart, number = place.rpartition(LINE)
        return (other, number) if apart else (form, place)

    def line(
        self,
        key: str,
        label: str,
        amount: Decimal,
        *,
        inputs: Iterable[Line | str] = (),
        figures: Iterable[Figure] = (),
        cites: Iterable[str] = (),
    ) -> Line:
        """Write the line *key* of the state's form, of the state's own law where no figure cites another."""
        used = tuple(figures)
        law = tuple(cites) or (() if used else (self.figure("start").cite,))
        return line(self.where(key), label, amount, cites=law, inputs=inputs, figures=used)

    def total(self, key: str, label: str, parts: Iterable[Line]) -> Line:
        """Write the line *key* as the sum of *parts*."""
        told = tuple(parts)
        return self.line(key, label, sum((each.amount for each in told), ZERO), inputs=told)

    def words(self) -> tuple[str, ...]:
        """Return what else the state asks, each sentence marked where nobody has looked its law up."""
        told = self.maybe(WORDS)
        if told is None:
            return ()
        mark = f" ({told.confidence})" if told.confidence.startswith(FROM_MEMORY) else ""
        return tuple(f"{each}{mark}" for each in told.texts())

    @property
    def unverified(self) -> tuple[str, ...]:
        """Paths of the figures asked for so far that were read from memory or are no enacted law; words are none."""
        asked = (figure for name, figure in self._asked.items() if name not in WORDS_ALONE)
        return tuple(
            figure.path for figure in asked if figure.confidence.startswith(FROM_MEMORY) or figure.status != "enacted"
        )
