"""The businesses of a return: one, or on a joint return each spouse's own, with the limits they share."""

from __future__ import annotations

import msgspec

from lotwork.ledger.events import JOINT, TAXPAYER
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business, business_of
from lotwork.projections.returns.business_years import BusinessYears
from lotwork.projections.returns.owners import SPOUSE, not_joint, owned, spouse_mines
from lotwork.rules.load import Law


class Couple(msgspec.Struct, frozen=True):
    """Who has a business in a book: the taxpayer, and the spouse where anything is the spouse's."""

    book: Book
    law: Law
    first: BusinessYears
    alone: BusinessYears
    """The taxpayer's in a year that is filed alone, in which no spouse's income counts for section 179."""
    second: BusinessYears | None = None

    def businesses(self, year: int, findings: list[Finding]) -> tuple[Business, Business | None]:
        """Return the business of *year* of the taxpayer, and of the spouse where both file one return."""
        status = self.book.taxpayer.profile_on(year_end(year)).filing_status
        findings += not_joint(self.book, status, year)
        joint = self.second is not None and status == JOINT
        years = self.first if joint else self.alone
        business = business_of(years.book, self.law, year, findings, years)
        if self.second is None or not joint:
            return business, None
        return business, business_of(self.second.book, self.law, year, findings, self.second)


def couple_of(book: Book, law: Law) -> Couple:
    """Return who has a business in *book*; without a spouse who mines, the book itself is the taxpayer's."""
    if not spouse_mines(book):
        years = BusinessYears(book, law)
        return Couple(book, law, years, years)
    first, second = (BusinessYears(owned(book, owner), law) for owner in (TAXPAYER, SPOUSE))
    first.partner, second.partner = second, first
    return Couple(book, law, first, BusinessYears(first.book, law), second)
