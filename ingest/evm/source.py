"""A node of an EVM chain, declared; what it reads stands in `ingest.evm.node`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.evm.section import EvmSection

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


def build(section: EvmSection, context: BuildContext) -> ReceiptSource:
    """Return the node that *section* describes."""
    from lotwork.ingest.evm.node import EvmNode  # noqa: PLC0415 - web3 takes most of a second to import

    url, second = (context.reveal(None, file) for file in (section.url_file, section.second_url_file))
    return EvmNode(section, context.log, context.clock, url=url, second_url=second, keep=context.evidence.keep)


def word(section: EvmSection) -> Word:
    """Return on whose word the node's payments stand: on the hashes of its blocks, and on two nodes for those."""
    two = "two nodes must tell the same"
    remedy = "" if section.agrees else "name another node of the chain as `second_url`"
    if not section.proves:
        whose = two if section.agrees else "all is on one node's word"
        says = f"the blocks of chain {section.chain_id} are not checked against their hashes; {whose}"
        return Word(is_proven=False, says=says, remedy=remedy)
    what, left_out = "every amount", "nothing of yours is left out"
    if section.prove_logs:
        what = "every amount, and that no log of a token is left out,"
        left_out = "no transaction of yours is told as another's"
    one = f"that these are the chain's blocks, and that {left_out}, is one node's word"
    says = f"{what} is checked against its block's hash; {two if section.agrees else one}"
    return Word(is_proven=section.agrees, says=says, remedy=remedy)


SOURCE = DeclaredSource(
    kind="evm_node",
    word=word,
    label="An EVM node",
    settings=EvmSection,
    build=build,
    example="""\
[[sources.evm_node]]
name = "ethereum"
chain_id = 1
url_file = "ethereum.url"     # a file, because a provider's address holds its key; or url = "http://127.0.0.1:8545"
second_url_file = "other.url" # another node, which must tell the same; or second_url
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
(WETH, WETC) tells of wrapping by its Deposit and Withdrawal logs. What each payment becomes, finality, traces and what
a scan costs: [Watching an Ethereum-family node](evm-node.md).

What comes in where the same transaction took coins, tokens or an NFT of yours, out of a wrapped coin, or from an
address that never paid that wallet before, is in doubt: in no figure until you [say what it
was](corrections.md#an-inflow-that-may-be-no-income).

Every amount, receiver, log and price of gas is checked against its block's hash on Ethereum, Ethereum Classic and
Sepolia; elsewhere, and for coins passed on inside a call, the event says in its note that it stands `on the node's
word` ([ADR 14](adr/0014-what-is-believed-of-a-node.md)). Name a second node, and both must tell the same, or nothing is
recorded: also of what no hash proves, and of what an answer may leave out. With one node,
`prove_logs = true` has all receipts read of each block that may hold a log of your tokens, so that none is left out.
""",
    cannot_see="""\
without `traces`, coins a contract passes on inside a call (how some pools pay, and what unwrapping gives back);
what an order brings in that was paid for in another transaction, as bridges do; validator rewards and withdrawals; the
layer-1 fee of roll-ups. Import these or add them by hand.
""",
)
