"""Two miners on a joint return: each with wallets, bills and rigs of an own, and so with an own book of the business.

Law: self-employment income is each person's own (26 U.S.C. 1402(b)), and each files a Schedule C and Schedule SE; the
limits of section 179 are those of the two together (179(b)(4); Treas. Reg. 1.179-2(b)(5), (c)(7)). What nobody names a
spouse's is the taxpayer's.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from operator import attrgetter
from typing import Final

import msgspec

from lotwork.ledger import events as e
from lotwork.projections.filer.origins import whose
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book

SPOUSE: Final = "spouse"

_owner = attrgetter("owner")


def spouse_mines(book: Book) -> bool:
    """Say if anything of *book* is the spouse's."""
    wallets = (wallet.owner for wallet in book.taxpayer.wallets.values())
    told = map(_owner, chain(book.equipment.told(), book.income.earned))
    return SPOUSE in wallets or SPOUSE in book.expenses.owners() or SPOUSE in told


def owned(book: Book, owner: e.Owner) -> Book:
    """Return *book* with the income, the bills and the rigs of one person alone."""
    income = replace(
        book.income,
        by_origin={key: value for key, value in book.income.by_origin.items() if whose(key[1].owner) == owner},
        rows=[row for row in book.income.rows if whose(row.origin.owner) == owner],
        earned=[each for each in book.income.earned if whose(each.owner) == owner],
    )
    taxpayer = book.taxpayer
    if taxpayer.whole_of not in (None, owner):
        taxpayer = msgspec.structs.replace(taxpayer, whole={}, whole_of=None)
    return msgspec.structs.replace(
        book,
        taxpayer=taxpayer,
        income=income,
        expenses=book.expenses.owned(owner),
        equipment=msgspec.structs.replace(book.equipment, owner=owner),
    )


def persons(book: Book) -> tuple[Book, ...]:
    """Return *book*, or the book of each spouse where what the activity was is supposed of one of them alone."""
    return (book,) if book.taxpayer.whole_of is None else (owned(book, e.TAXPAYER), owned(book, SPOUSE))


def not_joint(book: Book, filing_status: str, year: int) -> tuple[Finding, ...]:
    """Say that what is a spouse's is on no return of one person."""
    if filing_status == e.JOINT or not spouse_mines(book):
        return ()
    return (
        Finding(
            "owner_not_joint",
            f"some wallets, bills or rigs are the spouse's, and a {filing_status} return of {year} has one person: "
            "they are in no figure; record a `profile` with filing_status=mfj, or correct `owner`",
        ),
    )
