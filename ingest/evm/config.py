"""What a user says about an EVM node: the chain, the wallets watched on it, the tokens trusted on it.

Everything is checked here, once, so that no poll begins with a setting that cannot work. web3 is not imported:
reading the configuration costs nothing.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from lotwork.ingest.private_keys import lets_spend
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.events import Meaning
from lotwork.ledger.units import BUILT_IN, MOST_DECIMALS, Asset

Finality: TypeAlias = Literal["finalized", "safe"] | int

NATIVE_ASSETS = {1: "ETH", 61: "ETC"}
"""The native coin of the chains that need no `native_asset`."""

WRAPPED_COINS = {
    1: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
    61: "0x1953cab0e5bfa6d4a9bad6e05fd46c1cc6527a5a",
}
"""The contract that wraps the chain's own coin; on any chain, a listed token named W and the coin is one too."""

PROOF_OF_WORK = frozenset({61})
"""Chains whose nodes have no finalized block: they need a depth."""

NATIVE_DECIMALS = 18

_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


class EvmWallet(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet of the taxpayer: its addresses, and what a stranger's payment to them means."""

    wallet: str
    addresses: tuple[str, ...]
    meaning: Meaning = "pool_payout"
    from_wallet: str | None = None
    """Where the meaning is `transfer`: the taxpayer's own wallet, watched by nobody, that the coins come from."""
    pool: str | None = None
    """Where the meaning is `pool_payout`: the pool that pays."""


class EvmToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token the taxpayer trusts: its contract, the asset it is, and its decimals, pinned here."""

    contract: str
    asset: str
    decimals: int


class EvmNodeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One EVM node and what is watched through it; refused with ConfigError where it cannot work."""

    name: str
    book: str
    chain_id: int
    url: str
    start_height: int
    wallets: tuple[EvmWallet, ...]
    tokens: tuple[EvmToken, ...] = ()
    native_asset: str = ""
    """The chain's own coin; may be left out for Ethereum (1) and Ethereum Classic (61)."""
    finality: Finality = "finalized"
    """Read up to the finalized (or safe) block, or up to so many blocks below the tip."""
    traces: bool = False
    """Whether the node is asked to trace every block, so that coins handed on inside contracts are seen too."""

    def __post_init__(self) -> None:
        if not self.native_asset:
            msgspec.structs.force_setattr(self, "native_asset", NATIVE_ASSETS.get(self.chain_id, ""))
        self._check_chain()
        self._check_wallets()
        self._check_tokens()

    def __repr__(self) -> str:
        return f"EvmNodeConfig({self.name!r}, chain_id={self.chain_id})"

    def refuse(self, key: str, rule: str) -> ConfigError:
        """Return the error that says which setting cannot work, and why; never the URL, which may hold a key."""
        return ConfigError(f"source {self.name}: {key}: {rule}")

    def _check_chain(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise self.refuse("url", "not a URL with http:// or https://: give the node's JSON-RPC address")
        if self.chain_id < 1:
            raise self.refuse("chain_id", "a chain id is 1 or more: 1 is Ethereum, 61 is Ethereum Classic")
        if self.start_height < 0:
            raise self.refuse("start_height", "a height is 0 or more: give the block before your first payout")
        if not self.native_asset:
            raise self.refuse("native_asset", f"chain {self.chain_id} is not built in: name its coin, like ETH")
        if self.native_asset != NATIVE_ASSETS.get(self.chain_id, self.native_asset):
            raise self.refuse("native_asset", f"the coin of chain {self.chain_id} is {NATIVE_ASSETS[self.chain_id]}")
        native = BUILT_IN.get(self.native_asset)
        if native is not None and native.decimals != NATIVE_DECIMALS:
            raise self.refuse("native_asset", f"{self.native_asset} is no EVM chain's coin: those have 18 decimals")
        if isinstance(self.finality, str) and self.chain_id in PROOF_OF_WORK:
            raise self.refuse("finality", f"a proof-of-work chain has no {self.finality} block: give a depth, like 500")
        if isinstance(self.finality, int) and self.finality < 0:
            raise self.refuse("finality", 'write "finalized", or a depth of 0 or more blocks')

    def _check_wallets(self) -> None:
        seen: set[str] = set()
        if not any(wallet.addresses for wallet in self.wallets):
            raise self.refuse("wallets", "no address is watched: give at least one")
        for wallet in self.wallets:
            if (wallet.meaning == "transfer") != (wallet.from_wallet is not None):
                raise self.refuse(
                    "from_wallet",
                    f"wallet {wallet.wallet}: from_wallet goes with the meaning `transfer`, and must then be there: "
                    "name the wallet its coins come from",
                )
            if wallet.from_wallet == wallet.wallet:
                raise self.refuse("from_wallet", f"wallet {wallet.wallet} cannot pay itself: name another wallet")
        for address in (address for wallet in self.wallets for address in wallet.addresses):
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
            if not 0 <= token.decimals <= MOST_DECIMALS:
                raise self.refuse("tokens", f"{token.asset}: decimals are 0 to {MOST_DECIMALS}")
            known = BUILT_IN.get(token.asset)
            if known is not None and known.decimals != token.decimals:
                raise self.refuse(
                    "tokens",
                    f"{token.asset} has {known.decimals} decimals, not {token.decimals}: name this token otherwise",
                )
            if token.asset == self.native_asset:
                raise self.refuse("tokens", f"{token.asset} is the chain's own coin: name this token otherwise")
            seen.add(token.contract.lower())

    @property
    def wallet_of(self) -> dict[str, EvmWallet]:
        """Return each watched address, in lower case, with its wallet."""
        return {address.lower(): wallet for wallet in self.wallets for address in wallet.addresses}

    @property
    def token_of(self) -> dict[str, EvmToken]:
        """Return each trusted contract, in lower case, with its token."""
        return {token.contract.lower(): token for token in self.tokens}

    @property
    def wrapped(self) -> frozenset[str]:
        """Return the trusted contracts, in lower case, whose token is the chain's own coin, wrapped."""
        known = WRAPPED_COINS.get(self.chain_id)
        return frozenset(
            contract
            for contract, token in self.token_of.items()
            if contract == known or token.asset.upper() == f"W{self.native_asset}".upper()
        )

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Return the assets this source tells of, with the scale it tells them in."""
        native = Asset(self.native_asset, NATIVE_DECIMALS)
        return (native, *(Asset(token.asset, token.decimals, asset_class="token") for token in self.tokens))

    @property
    def fingerprint(self) -> str:
        """Return a digest of what is watched: another one means that old blocks hold news."""
        watched = (self.start_height, self.native_asset, self.wallets, self.tokens, self.traces)
        return hashlib.sha256(msgspec.json.encode(watched, order="sorted")).hexdigest()[:16]
