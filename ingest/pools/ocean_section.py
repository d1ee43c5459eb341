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


DOCS = """\
Payouts and per-block earnings of one address, gross and fee. Whether income counts when credited or when paid follows
the `recognition` of your profile, with its date. A payout out of the coinbase is the same income as the output your
node sees: the transaction's id joins them, and it counts once.

An output that your node names for the pool (`pool = "ocean"`) and that the pool does not list is in doubt, and so are
credits that no payout covers, which the pool mostly paid over Lightning: no figure has them until you [say what they
were](corrections.md#an-inflow-that-may-be-no-income). Once a day the pool is asked what it owes: where that is less
than was earned and not paid, twice the same, the oldest of it is asked about at once; where income counts on credit, a
`balance` of the wallet `ocean` says what it owes. A Lightning payout that the pool lists goes to `lightning_wallet`.

A row that the pool tells late, otherwise or no longer is added, corrected or voided by event, at any age: all is read
again once a month. More than 20 that are gone at once stand, and you are asked (`in_suspense`).
"""
CANNOT_SEE = """\
what was paid before `start`, and Lightning payouts, but by the credits they leave without a payout: once the pool
says that it owes less, once these come to what it pays on the chain (0.01048576 BTC) and are a week old, or have
waited for two months. Those payouts are in your [node](#your-own-lightning-node-sourceslightning_node), and in the
CSV of OCEAN's site (`Time`, `Amount (BTC)` and others that no public source names): `import FILE --explore` maps it.
"""
