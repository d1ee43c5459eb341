"""What a user says about the pool OCEAN: the address it pays, and since when."""

from __future__ import annotations

from datetime import date
from typing import Literal

from lotwork.ingest.declaration import Word
from lotwork.ingest.sections import Name, Seconds, Section, check_url
from lotwork.ledger.storage.batch import MAIN_BOOK

BASE_URL = "https://api.ocean.xyz/v1"


class OceanSection(Section, frozen=True, kw_only=True):
    """`[[sources.ocean]]`: the payouts and earnings of one address at the pool OCEAN."""

    name: Name
    address: str
    wallet: str
    """Where payouts on the chain go."""
    start: date
    lightning_wallet: str = "lightning"
    """Where payouts over Lightning go, where the pool tells of one."""
    observe: tuple[Literal["hashrate", "balance"], ...] = ()
    """What is recorded beside income, for `lotwork completeness`: the mean of each day, and what the pool owes."""
    book: Name = MAIN_BOOK
    base_url: str = BASE_URL
    allow_private: bool = False
    every_seconds: Seconds = 900
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        check_url(self.base_url, "base_url")


def word(_section: OceanSection) -> Word:
    """Return on whose word its payouts stand: the pool's."""
    remedy = "watch its payout address at a node of your own: the two must tell the same of a transaction"
    return Word(is_proven=False, says="on the pool's word", remedy=remedy)
