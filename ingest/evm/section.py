"""What a user says about an EVM node: the chain, the wallets watched on it, the tokens trusted on it.

The table of the settings is what the node itself reads. What cannot be said by the type of a key is checked by
`check`, once, when the source is built, so that no poll begins with a setting that cannot work. web3 is not imported:
reading the settings costs nothing.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal, TypeAlias

import msgspec

from lotwork.ingest.private_keys import lets_spend
from lotwork.ingest.sections import NEEDS_GIVER, Name, Seconds, SecretFile, Section, WalletSection, check_url, one_of
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import BUILT_IN, MOST_DECIMALS, Asset

Finality: TypeAlias = Annotated[int, msgspec.Meta(ge=0)] | Literal["finalized", "safe"]

NATIVE_ASSETS = {1: "ETH", 61: "ETC"}
"""The native coin of the chains that need no `native_asset`."""

WRAPPED_COINS = {
    1: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
    61: "0x1953cab0e5bfa6d4a9bad6e05fd46c1cc6527a5a",
}
"""The contract that wraps the chain's own coin; on any chain, a listed token named W and the coin is one too."""

PROOF_OF_WORK = frozenset({61})
"""Chains whose nodes have no finalized block: they need a depth."""

PROVEN = frozenset({1, 61, 11_155_111})
"""Chains whose blocks are checked against their own hashes: Ethereum, Ethereum Classic, Sepolia. Others hash other
things (roll-ups have transactions of their own), and what a node says of them stands on its word."""

NATIVE_DECIMALS = 18

_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


class TokenSection(Section, frozen=True, kw_only=True):
    """A token that counts: its contract and its pinned decimals; every other token is ignored."""

    asset: str
    contract: str
    decimals: Annotated[int, msgspec.Meta(ge=0, le=MOST_DECIMALS)]


class EvmSection(Section, frozen=True, kw_only=True):
    """`[[sources.evm_node]]`: an Ethereum-family node; `url_file` where the address holds a provider's key."""

    name: Name
    chain_id: Annotated[int, msgspec.Meta(ge=1)]
    start_height: Annotated[int, msgspec.Meta(ge=0)]
    wallets: tuple[WalletSection, ...]
    book: Name = MAIN_BOOK
    native_asset: str = ""
    """The chain's own coin; may be left out for Ethereum (1) and Ethereum Classic (61)."""
    url: str | None = None
    url_file: SecretFile | None = None
    second_url: str | None = None
    """Another node of the chain, which must tell the same."""
    second_url_file: SecretFile | None = None
    finality: Finality = "finalized"
    """Read up to the finalized (or safe) block, or up to so many blocks below the tip."""
    traces: bool = False
    """Whether the node is asked to trace every block, so that coins handed on inside contracts are seen too."""
    prove_logs: bool = False
    """Whether all receipts are read of each block that may hold a log of a token, so that none is left out."""
    tokens: tuple[TokenSection, ...] = ()
    every_seconds: Seconds = 60
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        one_of("url", self.url, self.url_file, needed=True)
        one_of("second_url", self.second_url, self.second_url_file)
        for key, url in (("url", self.url), ("second_url", self.second_url)):
            if url is not None:
                check_url(url, key)

    def __repr__(self) -> str:
        return f"EvmSection({self.name!r}, chain_id={self.chain_id})"

    def refuse(self, key: str, rule: str) -> ConfigError:
        """Return the error that says which setting cannot work, and why; never the URL, which may hold a key."""
        return ConfigError(f"source {self.name}: {key}: {rule}")

    def check(self) -> None:
        """Raise ConfigError where these settings cannot work together."""
        self._check_chain()
        self._check_wallets()
        self._check_tokens()

    def _check_chain(self) -> None:
        if not self.coin:
            raise self.refuse("native_asset", f"chain {self.chain_id} is not built in: name its coin, like ETH")
        if self.coin != NATIVE_ASSETS.get(self.chain_id, self.coin):
            raise self.refuse("native_asset", f"the coin of chain {self.chain_id} is {NATIVE_ASSETS[self.chain_id]}")
        native = BUILT_IN.get(self.coin)
        if native is not None and native.decimals != NATIVE_DECIMALS:
            raise self.refuse("native_asset", f"{self.coin} is no EVM chain's coin: those have 18 decimals")
        if self.prove_logs and not self.proves:
            raise self.refuse(
                "prove_logs", f"the blocks of chain {self.chain_id} are not checked: name another node as second_url"
            )
        if isinstance(self.finality, str) and self.chain_id in PROOF_OF_WORK:
            raise self.refuse("finality", f"a proof-of-work chain has no {self.finality} block: give a depth, like 500")

    def _check_wallets(self) -> None:
        seen: set[str] = set()
        if not any(wallet.watch for wallet in self.wallets):
            raise self.refuse("wallets", "no address is watched: give at least one")
        for wallet in self.wallets:
            if not wallet.names_its_giver:
                raise self.refuse("from_wallet", f"wallet {wallet.wallet}: {NEEDS_GIVER}")
            if wallet.from_wallet == wallet.wallet:
                raise self.refuse("from_wallet", f"wallet {wallet.wallet} cannot pay itself: name another wallet")
        for address in (address for wallet in self.wallets for address in wallet.watch):
            if _KEY.fullmatch(address) is not None or lets_spend(address):
                raise self.refuse(
                    "addresses", "this looks like a private key or a seed, and is not repeated: take it out"
                )
            if _ADDRESS.fullmatch(address) is None:
                raise self.refuse("addresses", f"{address[:60]!r} is no address: write 0x and 40 hex digits")
            if address.lower() in seen:
                raise self.refuse("addresses", f"{address} stands in the list twice: keep one")
            seen.add(address.lower())

    def _check_tokens(self) -> None:
        seen: set[str] = set()
        for token in self.tokens:
            if _ADDRESS.fullmatch(token.contract) is None:
                raise self.refuse("tokens", f"{token.contract[:60]!r} is no contract: write 0x and 40 hex digits")
            if token.contract.lower() in seen:
                raise self.refuse("tokens", f"{token.contract} stands in the list twice: keep one")
            known = BUILT_IN.get(token.asset)
            if known is not None and known.decimals != token.decimals:
                raise self.refuse(
                    "tokens",
                    f"{token.asset} has {known.decimals} decimals, not {token.decimals}: name this token otherwise",
                )
            if token.asset == self.coin:
                raise self.refuse("tokens", f"{token.asset} is the chain's own coin: name this token otherwise")
            seen.add(token.contract.lower())

    @property
    def proves(self) -> bool:
        """Return whether the chain's blocks are checked against their own hashes."""
        return self.chain_id in PROVEN

    @property
    def agrees(self) -> bool:
        """Return whether a second node must tell the same."""
        return self.second_url is not None or self.second_url_file is not None

    @property
    def coin(self) -> str:
        """Return the symbol of the chain's own coin; empty where it is neither built in nor named."""
        return self.native_asset or NATIVE_ASSETS.get(self.chain_id, "")

    @property
    def wallet_of(self) -> dict[str, WalletSection]:
        """Return each watched address, in lower case, with its wallet."""
        return {address.lower(): wallet for wallet in self.wallets for address in wallet.watch}

    @property
    def token_of(self) -> dict[str, TokenSection]:
        """Return each trusted contract, in lower case, with its token."""
        return {token.contract.lower(): token for token in self.tokens}

    @property
    def wrapped(self) -> frozenset[str]:
        """Return the trusted contracts, in lower case, whose token is the chain's own coin, wrapped."""
        known = WRAPPED_COINS.get(self.chain_id)
        return frozenset(
            contract
            for contract, token in self.token_of.items()
            if contract == known or token.asset.upper() == f"W{self.coin}".upper()
        )

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Return the assets this source tells of, with the scale it tells them in."""
        native = Asset(self.coin, NATIVE_DECIMALS)
        return (native, *(Asset(token.asset, token.decimals, asset_class="token") for token in self.tokens))

    @property
    def fingerprint(self) -> str:
        """Return a digest of what is watched: another one means that old blocks hold news.

        Cursors hold it, so its words stay what they are, whatever the keys of the settings are called.
        """
        wallets = [
            {
                "wallet": wallet.wallet,
                "addresses": wallet.watch,
                "meaning": wallet.meaning,
                "from_wallet": wallet.from_wallet,
                "pool": wallet.pool,
            }
            for wallet in self.wallets
        ]
        tokens = [
            {"contract": token.contract, "asset": token.asset, "decimals": token.decimals} for token in self.tokens
        ]
        watched = (self.start_height, self.coin, wallets, tokens, self.traces)
        return hashlib.sha256(msgspec.json.encode(watched, order="sorted")).hexdigest()[:16]
