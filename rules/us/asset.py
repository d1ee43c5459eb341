"""A depreciable thing: what it cost, when it was contracted for and served, and what was elected for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import CaseRefusedError

PREDOMINANT = Decimal("0.5")
"""Section 179 asks for business use of more than this in the first year (Treas. Reg. 1.179-1(d)(1))."""
RecoveryClass: TypeAlias = Literal["3", "5", "7", "15", "39", "software", "qip"]
BONUS_CLASSES = ("3", "5", "7", "15", "software", "qip")
"""A recovery period of 20 years or less, and software (26 U.S.C. 168(k)(2)(A)(i))."""
SECTION_179_CLASSES = BONUS_CLASSES
"""Things, software, and improvements of a building that are not residential (179(d)(1), (e))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset179:
    """A depreciable thing: cost, the day of its binding contract, the day it entered service, and the elections."""

    name: str
    cost: Decimal
    acquired: date
    placed_in_service: date
    recovery_class: RecoveryClass = "5"
    business_share: Decimal = Decimal(1)
    section_179: Decimal = ZERO
    """What was elected to be expensed under section 179."""
    bonus: Literal["auto", "none"] | Decimal = "auto"
    disposed: date | None = None
    uses: tuple[tuple[int, Decimal], ...] = ()
    """The business share of later years, where it changed: each from a year on, in order."""
    owner: str = "taxpayer"
    """Whose it is on a joint return: each spouse has a convention of an own."""

    def __post_init__(self) -> None:
        reason = self._impossible()
        if reason:
            raise CaseRefusedError(f"equipment {self.name}: {reason}")

    def _impossible(self) -> str:
        if self.cost <= 0:
            return f"cost {self.cost}: give the cost paid, more than 0"
        if not all(0 <= share <= 1 for share in (self.business_share, *(share for _, share in self.uses))):
            return f"business share {self.business_share}: give a part between 0 and 1"
        if self.acquired > self.placed_in_service:
            return f"acquired {self.acquired} after it was placed in service {self.placed_in_service}: check both days"
        if self.disposed is not None and self.disposed < self.placed_in_service:
            return (
                f"disposed of {self.disposed} before it was placed in service {self.placed_in_service}: check both days"
            )
        if not 0 <= self.section_179 <= self.business_basis:
            return f"section 179 {self.section_179}: elect at most its business basis {self.business_basis}"
        if self.section_179 and self.recovery_class not in SECTION_179_CLASSES:
            return f"class {self.recovery_class} is no section 179 property (26 U.S.C. 179(d)(1)): elect 0"
        if self.section_179 and self.business_share <= PREDOMINANT:
            return "section 179 needs business use of more than half (Treas. Reg. 1.179-1(d)): elect 0"
        if self.section_179 and self.left_in_first_year:
            return "placed in service and disposed of in one year: nothing is expensed or depreciated; elect 0"
        return ""

    @property
    def business_basis(self) -> Decimal:
        """The part of the cost that is business."""
        return self.cost * self.business_share

    def share_in(self, year: int) -> Decimal:
        """Return the business share of *year*."""
        share = self.business_share
        for since, changed in self.uses:
            share = changed if since <= year else share
        return share

    @property
    def year(self) -> int:
        """The year it was placed in service."""
        return self.placed_in_service.year

    @property
    def left_in_first_year(self) -> bool:
        """Whether it was disposed of in the year it was placed in service (Treas. Reg. 1.168(d)-1(b)(3)(ii))."""
        return self.disposed is not None and self.disposed.year == self.year
