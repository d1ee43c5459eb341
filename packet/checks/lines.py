"""The lines of the return: from the income and the gains re-done into the forms, and from line to line by their words.

What is re-done is the way of each amount: receipts into gross income, Form 8949 into Schedule D, each form into the
next, and every sum. What a rate, a table, a depreciation or an election makes of it is not, and is said to be.
"""

from __future__ import annotations

from lotwork.packet.checks.amounts import in_words
from lotwork.packet.checks.telling import Report, Told

MOST_APART_CENTS = 2
"""Rows of a line are rounded one after another, so that they add up: none is further from its exact amount."""
MICROS_OF_A_CENT = 10_000
OF_SPOUSE = " (spouse)"
"""What the forms of a spouse's own business are marked with."""
CENT_DIGITS = 2
C, D, SE, ONE, TWO, F1040 = "Schedule C", "Schedule D", "Schedule SE", "Schedule 1", "Schedule 2", "Form 1040"
ADDED_UP = (
    (C, ("7",), ((C, "1", 1), (C, "2", -1), (C, "4", -1), (C, "6", 1))),
    (C, ("29",), ((C, "7", 1), (C, "28", -1))),
    (C, ("31",), ((C, "29", 1), (C, "30", -1))),
    (ONE, ("3",), ((C, "31", 1),)),
    (ONE, ("9",), tuple((ONE, f"8{letter}", 1) for letter in "abcdefghijklmnopqrstuvz")),
    (ONE, ("10",), ((ONE, "3", 1), (ONE, "4", 1), (ONE, "5", 1), (ONE, "7", 1), (ONE, "9", 1))),
    (SE, ("12",), ((SE, "10", 1), (SE, "11", 1))),
    (D, ("16",), ((D, "7", 1), (D, "15", 1))),
    (TWO, ("2",), (("Form 6251", "11", 1),)),
    (TWO, ("4",), ((SE, "12", 1),)),
    (TWO, ("11",), (("Form 8959", "18", 1),)),
    (TWO, ("12",), (("Form 8960", "17", 1),)),
    (TWO, ("21",), ((TWO, "4", 1), (TWO, "11", 1), (TWO, "12", 1))),
    (F1040, ("8",), ((ONE, "10", 1),)),
    (F1040, ("10",), ((ONE, "26", 1),)),
    (F1040, ("11a", "11"), ((F1040, "9", 1), (F1040, "10", -1))),
    (F1040, ("18",), ((F1040, "16", 1), (F1040, "17", 1))),
    (F1040, ("23",), ((TWO, "21", 1),)),
    (F1040, ("24",), ((F1040, "22", 1), (F1040, "23", 1))),
)
"""Lines that are others added up by the form's own words, each rounded by itself: two cents a line may lie between."""
FLOORED = (
    (F1040, ("22",), ((F1040, "18", 1), (F1040, "19", -1), (F1040, "20", -1))),
    (F1040, ("15",), ((F1040, "11a", 1), (F1040, "11", 1), (F1040, "14", -1))),
)
"""The same, where the form goes no lower than nought."""
SUMMED = (
    ("agi", F1040, ("11a", "11")), ("taxable_income", F1040, ("15",)), ("total", F1040, ("24",)),
    ("se_tax", TWO, ("4",)), ("half_se_deduction", ONE, ("15",)), ("additional_medicare", TWO, ("11",)),
    ("niit", TWO, ("12",)), ("amt", TWO, ("2",)), ("schedule_c_net_usd", ONE, ("3",)),
)  # fmt: skip
"""What the summary says, and the line that it is."""
CARRYOVER = "Capital Loss Carryover Worksheet"
CARRIED = (("short_term_usd", "8"), ("long_term_usd", "13"))
MOST_LOSS_CENTS = (-300_000, -150_000)
"""The capital loss that other income takes: 3,000, and 1,500 of each spouse who files apart (26 U.S.C. 1211(b))."""


def cents_of(dollars: str) -> int:
    """Return dollars and cents as cents."""
    whole, _, part = dollars.partition(".")
    if len(part) != CENT_DIGITS or not whole.lstrip("-").isdigit() or not part.isdigit():
        raise ValueError(f"{dollars!r} is not dollars and cents")
    return int(whole + part)


class Lines:
    """The lines of an answer in cents, those of two businesses or two spouses together."""

    def __init__(self, told: list[Told]) -> None:
        self._cents: dict[tuple[str, str], int] = {}
        self._count: dict[tuple[str, str], int] = {}
        for each in told:
            key = each["form"].removesuffix(OF_SPOUSE), each["line"]
            self._cents[key] = self._cents.get(key, 0) + cents_of(each["amount_usd"])
            self._count[key] = self._count.get(key, 0) + 1

    def first(self, form: str, names: tuple[str, ...]) -> str | None:
        """Return the name that a line has in this year; None where there is none."""
        return next((name for name in names if (form, name) in self._cents), None)

    def cents(self, form: str, line: str) -> int:
        """Return the amount of a line; 0 where it does not stand."""
        return self._cents.get((form, line), 0)

    def apart(self, form: str, line: str) -> int:
        """Return how many cents may lie between a line and its parts."""
        return MOST_APART_CENTS * self._count.get((form, line), 1)

    def holds(self, form: str, line: str, found: int, report: Report) -> bool:
        """Hold a line against what its parts come to, in cents."""
        told = self.cents(form, line)
        if abs(told - found) <= self.apart(form, line):
            return True
        report.wrong(f"{form}, line {line}", f"is {in_words(told, 2)}, and its lines come to {in_words(found, 2)}")
        return False


def check_follows(liability: Told, receipts: int | None, report: Report) -> None:
    """Hold the lines of the return against each other; *receipts* of them stand as re-done in those of gross income."""
    lines = Lines(liability["lines"])
    good, checked = True, 0
    for rules, floored in ((ADDED_UP, False), (FLOORED, True)):
        for form, names, parts in rules:
            line = lines.first(form, names)
            if line is None or not any(lines.first(where, (part,)) for where, part, _ in parts):
                continue
            sums = sum(lines.cents(where, part) * sign for where, part, sign in parts)
            good = lines.holds(form, line, max(sums, 0) if floored else sums, report) and good
            checked += 1
    good = check_capital(lines, report) and good
    for key, form, names in SUMMED:
        line = lines.first(form, names)
        told = cents_of(liability["summary"][key])
        if line is not None and abs(told - lines.cents(form, line)) > lines.apart(form, line):
            report.wrong(f"results/liability.json, {key}", f"is not line {line} of {form}")
            good = False
    for key, line in CARRIED:
        if lines.first(CARRYOVER, (line,)) is not None:
            told = cents_of(liability["carried_forward"][key])
            good = (
                report.compare(f"results/liability.json, carried forward, {key}", told, lines.cents(CARRYOVER, line))
                and good
            )
    if good and receipts is not None:
        report.holds(f"{receipts} receipts stand in the lines of gross income with the amounts re-done, and {checked} "
                     "lines follow from others. What a rate, a table, a depreciation or an election makes of them is "
                     "bound by digest and not re-done.")  # fmt: skip


def check_capital(lines: Lines, report: Report) -> bool:
    """Hold Form 1040's gain against Schedule D's, of which a loss counts up to a bound."""
    line, whole = lines.first(F1040, ("7a", "7")), lines.cents(D, "16")
    if line is None or lines.first(D, ("16",)) is None:
        return True
    bounded = {max(whole, least) for least in MOST_LOSS_CENTS}
    nearest = min(bounded, key=lambda each: abs(each - lines.cents(F1040, line)))
    return lines.holds(F1040, line, nearest, report)
