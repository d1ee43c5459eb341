"""A node of an EVM chain, declared; what it reads stands in `ingest.evm.node`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.sections import Name, Seconds, SecretFile, Section, WalletSection, check_url, one_of

if TYPE_CHECKING:
    from lotwork.ingest.ports import ReceiptSource
    from lotwork.ingest.surroundings import Surroundings


class TokenSection(Section, frozen=True, kw_only=True):
    """A token that counts: its contract and its pinned decimals; every other token is ignored."""

    asset: str
    contract: str
    decimals: Annotated[int, msgspec.Meta(ge=0, le=36)]


class EvmSection(Section, frozen=True, kw_only=True):
    """`[[sources.evm_node]]`: an Ethereum-family node; `url_file` where the address holds a provider's key."""

    name: Name
    chain_id: Annotated[int, msgspec.Meta(ge=1)]
    start_height: Annotated[int, msgspec.Meta(ge=0)]
    wallets: tuple[WalletSection, ...]
    book: Name = "main"
    native_asset: str = ""
    url: str | None = None
    url_file: SecretFile | None = None
    finality: Annotated[int, msgspec.Meta(ge=0)] | Literal["finalized", "safe"] = "finalized"
    traces: bool = False
    tokens: tuple[TokenSection, ...] = ()
    every_seconds: Seconds = 60
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        one_of("url", self.url, self.url_file, needed=True)
        if self.url is not None:
            check_url(self.url, "url")


def build(section: EvmSection, around: Surroundings) -> ReceiptSource:
    """Return the node that *section* describes."""
    from lotwork.ingest.evm import config as room  # noqa: PLC0415 - only where it is used
    from lotwork.ingest.evm.node import EvmNode  # noqa: PLC0415 - web3 takes most of a second to import

    config = room.EvmNodeConfig(
        name=section.name,
        book=section.book,
        chain_id=section.chain_id,
        url=section.url or around.reveal(None, section.url_file) or "",
        start_height=section.start_height,
        wallets=tuple(
            room.EvmWallet(
                wallet=wallet.wallet,
                addresses=wallet.watch,
                meaning=wallet.meaning,
                from_wallet=wallet.from_wallet,
                pool=wallet.pool,
            )
            for wallet in section.wallets
        ),
        tokens=tuple(
            room.EvmToken(contract=token.contract, asset=token.asset, decimals=token.decimals)
            for token in section.tokens
        ),
        native_asset=section.native_asset,
        finality=section.finality,
        traces=section.traces,
    )
    return EvmNode(
        config, around.log, around.clock, keep=around.evidence.keep, timeout_seconds=section.deadline_seconds
    )


SOURCE = DeclaredSource(
    kind="evm_node",
    label="An EVM node",
    settings=EvmSection,
    build=build,
    example="""\
[[sources.evm_node]]
name = "ethereum"
chain_id = 1
url_file = "ethereum.url"     # a file, because a provider's address holds its key; or url = "http://127.0.0.1:8545"
start_height = 19000000
  [[sources.evm_node.wallets]]
  wallet = "hot"
  watch = ["0x..."]
  [[sources.evm_node.tokens]] # only tokens named here count
  asset = "USDC"
  contract = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
  decimals = 6
""",
    units="whole wei; of a token, its base unit by the decimals you pin",
    times="seconds since 1970 in UTC: the time of the block",
    docs="""\
Any Ethereum-family node over JSON-RPC. Native payments by block scan up to the `finalized` tag (or a depth, for
proof-of-work chains); ERC-20 receipts only of contracts you list, with the decimals you pin. Unlisted tokens are no
income, however they call themselves. Gas of your own transactions is a disposal, of failed ones too. A wrapped coin
(WETH, WETC) tells of wrapping by its Deposit and Withdrawal logs.

What comes in where the same transaction took coins, tokens or an NFT of yours, out of a wrapped coin, or from an
address that never paid that wallet before, is in doubt: in no figure until you [say what it
was](corrections.md#an-inflow-that-may-be-no-income).
""",
    cannot_see="""\
without `traces`, coins a contract passes on inside a call (how some pools pay, and what unwrapping gives back);
what an order brings in that was paid for in another transaction, as bridges do; validator rewards and withdrawals; the
layer-1 fee of roll-ups. Import these or add them by hand.
""",
)
