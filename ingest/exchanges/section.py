"""What a user says about an account at an exchange."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from lotwork.ingest.sections import Name, Seconds, Secret, SecretFile, Section, check_url, one_of
from lotwork.ledger.storage.batch import MAIN_BOOK

Service = Literal["coinbase", "kraken", "binanceus", "gemini"]


class ExchangeSection(Section, frozen=True, kw_only=True):
    """`[[sources.exchange]]`: what one account told by its exchange's API."""

    name: Name
    service: Service
    start: date
    wallet: Name | None = None
    """The wallet its coins lie in; left out, the one that its export is read into."""
    key: Secret | None = None
    key_file: SecretFile | None = None
    secret: Secret | None = None
    secret_file: SecretFile | None = None
    pairs: tuple[str, ...] = ()
    """Binance.US alone: the pairs that were traded, beside those that the account shows."""
    set: dict[str, str] = msgspec.field(default_factory=dict)
    """What the rows do not say, as `lotwork import --set` of the export."""
    done: tuple[str, ...] = ()
    """Rows by the exchange's id that were recorded by hand: they are not asked about again."""
    book: Name = MAIN_BOOK
    base_url: str = ""
    """Another place to ask, one's own: it needs allow_private."""
    allow_private: bool = False
    every_seconds: Seconds = 3600
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        one_of("key", self.key, self.key_file, needed=True)
        one_of("secret", self.secret, self.secret_file, needed=True)
        if self.base_url:
            check_url(self.base_url, "base_url")
            if not self.allow_private:
                raise ValueError("base_url is a place of your own: say allow_private = true, or leave it out")
