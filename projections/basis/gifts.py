"""Coins given or inherited: the lot they make, with the giver's basis and time.

Law: a gift has the giver's basis, raised by gift tax paid on the appreciation up to the fair value; for a loss it has
the fair value at the gift where that is less (26 U.S.C. 1015(a), (d)(6)). With the giver's basis goes the giver's time
(1223(2)); where the loss basis is used the time begins the day after the gift (Pub. 544, "Gift"). What is inherited
has its value at death, and is long-term whenever it is sold (1014(a), 1223(9)).

In the order of lots a gift stands where its giver acquired it, behind what the taxpayer acquired that day: FIFO asks
when a unit was acquired, not when it came into the wallet (Treas. Reg. 1.1012-1(j)(3)(i)), and time held by a giver
whose basis one has is time held (1223(2)). What is inherited was acquired at death.
"""

from __future__ import annotations

from datetime import date

from lotwork.ledger.events import GiftReceived
from lotwork.projections.basis.pools import Lineage, Lot, place
from lotwork.projections.findings import Finding
from lotwork.rules.us.basis import gift_bases


def lot_given(event: GiftReceived, day: date, sequence: int, findings: list[Finding]) -> Lot:
    """Return the lot that *event*, received on *day*, makes; what is not known is told."""
    return (
        _inherited(event, day, sequence, findings)
        if event.how == "inheritance"
        else _given(event, day, sequence, findings)
    )


def _inherited(event: GiftReceived, day: date, sequence: int, findings: list[Finding]) -> Lot:
    known = event.fair_value_usd_micros is not None
    if not known:
        findings.append(
            Finding(
                "gift_basis_unknown",
                f"{event.id}: inherited coins have their value on the day of death as basis, and none is recorded: "
                "until then the basis is 0; correct it with fair_value_usd (26 U.S.C. 1014(a))",
                event.id,
            )
        )
    return Lot(
        event.id, place(day.toordinal(), sequence), day.toordinal(), event.quantity,
        event.fair_value_usd_micros or 0, event.wallet, lineage=Lineage("inheritance", basis_known=known),
    )  # fmt: skip


def _given(event: GiftReceived, day: date, sequence: int, findings: list[Finding]) -> Lot:
    acquired = _acquired(event, day, findings)
    known = event.donor_basis_usd_micros is not None
    gain, loss = gift_bases(event.donor_basis_usd_micros or 0, event.fair_value_usd_micros, event.gift_tax_usd_micros)
    if not known:
        findings.append(
            Finding(
                "gift_basis_unknown",
                f"{event.id}: the giver's basis is not recorded: until then the basis is 0; ask the giver, and correct "
                "it with donor_basis_usd (26 U.S.C. 1015(a); where it cannot be learned, the IRS fixes it at the value "
                "when the giver acquired the coins)",
                event.id,
            )
        )
    elif event.fair_value_usd_micros is None:
        findings.append(
            Finding(
                "gift_value_unknown",
                f"{event.id}: the fair value at the gift is not recorded, so no loss can be shown: a sale below the "
                "giver's basis counts as neither gain nor loss; correct it with fair_value_usd (26 U.S.C. 1015(a))",
                event.id,
            )
        )
    return Lot(
        event.id, place(acquired.toordinal(), sequence), acquired.toordinal(), event.quantity, gain, event.wallet,
        lineage=Lineage("gift", loss, None if loss is None else day.toordinal(), None, known),
    )  # fmt: skip


def _acquired(event: GiftReceived, day: date, findings: list[Finding]) -> date:
    """Return the day the giver acquired the coins; where it is not known, or cannot be, the day of the gift."""
    if event.donor_acquired is not None and event.donor_acquired <= day:
        return event.donor_acquired
    told = "is not recorded" if event.donor_acquired is None else "lies after the gift"
    findings.append(
        Finding(
            "gift_date_unknown",
            f"{event.id}: the day the giver acquired the coins {told}: they count as held from the gift on; correct it "
            "with donor_acquired (26 U.S.C. 1223(2))",
            event.id,
        )
    )
    return day
