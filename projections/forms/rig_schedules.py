"""The schedules of a return's rigs, year by year: what Form 4562 of each year was reckoned from."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.liability import Liability
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business_years import BusinessYears
from lotwork.projections.returns.couple import couple_of
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law


def rig_schedules(book: Book, law: Law, owed: Liability) -> tuple[tuple[EquipmentBook, ...], ...]:
    """Return of each business of *owed* its rigs' schedules, from the first rig's year through that of the return.

    A year whose law is not known is left out; the last is the return's own.
    """
    couple = couple_of(book, law)
    joint = owed.spouse_business is not None
    each_of = (couple.first if joint else couple.alone, couple.second if joint else None)
    return tuple(
        (*_before(years, min((row.placed_in_service.year for row in own.equipment.rows), default=owed.year), owed.year),
         own.equipment)
        for years, own in zip(each_of, owed.businesses, strict=False)
        if years is not None
    )  # fmt: skip


def _before(years: BusinessYears, first: int, year: int) -> Iterator[EquipmentBook]:
    for each in range(first, year):
        try:
            yield years.equipment(each)
        except UnknownFigureError:
            continue
