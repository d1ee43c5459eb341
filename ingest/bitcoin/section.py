"""What a user says about a node of the Bitcoin family: the chain it must be on, and the wallets watched there.

The table of the settings is what the node itself reads. What cannot be said by the type of a key is checked by
`check`, once, when the source is built.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from lotwork.ingest.sections import (
    NEEDS_GIVER,
    Name,
    Seconds,
    Secret,
    SecretFile,
    Section,
    WalletSection,
    check_url,
    one_of,
)
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.batch import MAIN_BOOK

GapLimit: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
"""How many unused addresses of a key are watched beyond the last used one."""


class BitcoinSection(Section, frozen=True, kw_only=True):
    """`[[sources.bitcoin_node]]`: a Bitcoin Core or Litecoin Core node, asked over JSON-RPC."""

    name: Name
    url: str
    start_height: Annotated[int, msgspec.Meta(ge=1)]
    """The first block read; outputs paid before it are not known, nor seen when they are spent."""
    wallets: tuple[WalletSection, ...]
    book: Name = MAIN_BOOK
    chain: str = "bitcoin"
    user: str = ""
    password: Secret | None = None
    password_file: SecretFile | None = None
    confirmations: Annotated[int, msgspec.Meta(ge=1)] = 6
    gap_limit: GapLimit = 20
    every_seconds: Seconds = 60
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        check_url(self.url, "url")
        one_of("password", self.password, self.password_file)

    def check(self) -> None:
        """Raise ConfigError where these settings cannot work together."""
        check_wallets(self.wallets, f"node {self.name!r}")


def check_wallets(wallets: tuple[WalletSection, ...], who: str) -> None:
    """Raise ConfigError where *who* has nothing to watch, or a wallet does not name its giver as it must."""
    for wallet in wallets:
        if not wallet.watch:
            raise ConfigError(
                f"wallet {wallet.wallet!r}: nothing to watch: give addresses, scripts, an xpub or a descriptor"
            )
        if not wallet.names_its_giver:
            raise ConfigError(f"wallet {wallet.wallet!r}: {NEEDS_GIVER}")
    if not wallets:
        raise ConfigError(f"{who}: no wallets: name at least one wallet to watch")
