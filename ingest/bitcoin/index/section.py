"""What a user says about any server of histories: the chain it must be on, and the wallets watched there."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lotwork.ingest.bitcoin.section import GapLimit, check_wallets
from lotwork.ingest.sections import Name, Seconds, Section, WalletSection
from lotwork.ledger.storage.batch import MAIN_BOOK


class IndexSection(Section, frozen=True, kw_only=True):
    """The keys that Electrum and Esplora servers share."""

    name: Name
    url: str
    wallets: tuple[WalletSection, ...]
    second_url: str | None = None
    """Another server, which must tell the same histories."""
    start_height: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Blocks below it are not looked at."""
    book: Name = MAIN_BOOK
    chain: str = "bitcoin"
    confirmations: Annotated[int, msgspec.Meta(ge=1)] = 6
    gap_limit: GapLimit = 20
    every_seconds: Seconds = 300
    deadline_seconds: Seconds = 30

    def check(self) -> None:
        """Raise ConfigError where these settings cannot work together."""
        check_wallets(self.wallets, f"server {self.name!r}")
