"""A depreciable thing in one year: what is deducted on it, what was deducted before, and what is left."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.convention import Convention


class AssetDepreciation(msgspec.Struct, frozen=True, kw_only=True):
    """One asset's deductions of one year; `section_179` is its elected part, before the business income limit."""

    asset: Asset179
    section_179: Decimal
    bonus: Decimal
    macrs: Decimal
    accumulated: Decimal
    """Everything deducted on it since it was placed in service, this year included."""
    all_business: Decimal
    """What that would be had its use been all business: of a sale, the business part is the one in the other."""
    amt_macrs: Decimal
    """What the minimum tax allows instead of `macrs` (Form 6251, line 2l); the same for qualified property."""
    amt_accumulated: Decimal
    recapturable: Decimal
    """What a gain gives back as ordinary income before it is of section 1231 (26 U.S.C. 1245(a), 1250(a))."""
    remaining_basis: Decimal
    convention: Convention
    last_year: int
    """The last year in which its recovery period runs."""
    qbi_years: int
    """For how many years its basis counts at least (26 U.S.C. 199A(b)(6)(B)(i))."""
    cites: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """The three together."""
        return self.section_179 + self.bonus + self.macrs
