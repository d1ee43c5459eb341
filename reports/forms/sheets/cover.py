"""The cover: what the figures come to, what is open, what the book is, and where each sheet stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lotwork.projections.liability import Liability
from lotwork.reports.forms.drawn import STOPS, Drawing
from lotwork.reports.forms.sheets.paper import Block, Contents, Facts, Sheet, Words, amount
from lotwork.reports.tax import list_liability

ABOUT = (
    "Drawn by Lotwork from the book's own events. A worksheet, not an official form, and no tax advice. Names, "
    "addresses and social security numbers are in no book, and on no sheet."
)
FIGURES = (
    ("Gross receipts", "gross_receipts_usd"), ("Net profit (Schedule C)", "schedule_c_net_usd"),
    ("Adjusted gross income", "agi"), ("Taxable income", "taxable_income"), ("Income tax", "income_tax"),
    ("Self-employment tax", "se_tax"), ("Total tax", "total"), ("Credits", "credits_usd"),
    ("Paid so far", "payments_usd"), ("Still due", "balance_due_usd"),
)  # fmt: skip


MOST_TOLD = 12
"""So many reasons of a draft are told, and the others counted; `lotwork findings` has them all."""


def cover(drawing: Drawing, owed: Liability, draft: Sequence[str], letters: str) -> Sheet:
    """Return the first sheet; *draft* says why it is one, *letters* what is told of letters that cannot be drawn."""
    listing = list_liability(owed)
    figures = tuple((title, amount(str(getattr(listing.summary, name)))) for title, name in FIGURES)
    blocks: list[Block] = [Facts("The year, in dollars", figures, amounts=True)]
    if drawing.state_says:
        says = drawing.state_says if drawing.state is None else drawing.state_says[:1]  # its own sheet has the rest
        blocks.append(Words("The state", says))
    if draft:
        blocks.append(Words("A draft, because", tuple(_why(draft))))
    if drawing.open:
        blocks.append(Words("What is open", tuple(f"{code}: {message}" for code, message in drawing.open)))
    blocks += [
        Facts("What it rests on", (
            ("Book", drawing.book),
            ("Status and activity", f"{listing.status}, {listing.activity}"),
            ("Log", f"up to position {drawing.position}"),
            ("Head", drawing.head),
            ("Law", drawing.law),
        )),
        Words("", (ABOUT, letters)),
        Contents(),
    ]  # fmt: skip
    return Sheet(name=f"Tax year {owed.year}", about="Worksheets for the return", blocks=tuple(blocks))


def _why(draft: Sequence[str]) -> Iterator[str]:
    """Yield why it is a draft; what a finding says stands once, among what is open."""
    for words in draft[:MOST_TOLD]:
        why, stops, _ = words.partition(STOPS)
        yield f"{why}{stops}"
    if len(draft) > MOST_TOLD:
        yield f"and {len(draft) - MOST_TOLD} more"
