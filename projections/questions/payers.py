"""Who paid each wallet before: a payout from somebody else may be no payout of the pool's.

The first address that pays a wallet is taken for the pool's own. Another one is asked about once: when a person says
that what it paid is income, it is one of the payers too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Self

import msgspec

from lotwork.ledger.events import Event, Receipt, WalletDeclared


class Payers(msgspec.Struct):
    """The addresses that paid each wallet, as far as events were read."""

    accounts: frozenset[str]
    """The addresses of the taxpayer's own wallets."""
    known: defaultdict[str, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, wallets: Iterable[WalletDeclared]) -> Self:
        """Return nobody's payments yet, with the accounts that *wallets* declare."""
        return cls(frozenset(address for each in wallets for address in addresses_of(each)))

    def state(self) -> list[tuple[str, list[str]]]:
        """Return what other payers can go on from."""
        return [(wallet, sorted(payers)) for wallet, payers in self.known.items()]

    def resume(self, state: Iterable[tuple[str, list[str]]]) -> None:
        """Go on from *state*."""
        for wallet, payers in state:
            self.known[wallet].update(payers)

    def compared(self, events: Iterable[Event]) -> Iterator[Event]:
        """Return *events*, in order of time, in doubt where an own account paid, or somebody new a payout."""
        return map(self.compare, events)

    def compare(self, event: Event) -> Event:
        """Return *event*, which follows on all that was compared before; in doubt where those who paid ask for it."""
        if type(event) is Receipt and event.payer is not None:
            return self._compared(event, event.payer.strip().casefold())
        return event

    def _compared(self, event: Receipt, payer: str) -> Receipt:
        if event.in_doubt:
            return event
        if event.doubt is None and payer in self.accounts:
            return msgspec.structs.replace(event, doubt="own_account")
        if event.income != "pool_payout":
            return event
        known = self.known[event.wallet]
        if event.doubt is None and known and payer not in known:
            return msgspec.structs.replace(event, doubt="new_payer")
        known.add(payer)
        return event


def addresses_of(wallet: WalletDeclared) -> frozenset[str]:
    """Return the addresses that *wallet* watches, apart by commas or blanks; an EVM address's capitals say nothing."""
    return frozenset((wallet.watch or "").replace(",", " ").casefold().split())
