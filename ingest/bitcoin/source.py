"""A node of the Bitcoin family, declared; what it reads stands in `ingest.bitcoin.node`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.declaration import DeclaredSource, Word

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.ports import ReceiptSource


def build(section: BitcoinSection, context: BuildContext) -> ReceiptSource:
    """Return the node that *section* describes."""
    from lotwork.ingest.bitcoin.node import BitcoinNode  # noqa: PLC0415 - python-bitcoinlib, only where it is used

    password = context.reveal(section.password, section.password_file) or ""
    return BitcoinNode(section, context.log, context.clock, password=password, evidence=context.evidence)


def word(section: BitcoinSection) -> Word:
    """Return on whose word the node's payments stand: on the work of its blocks, where that costs anything."""
    rules = RULES.get(section.chain)
    if rules is None or rules.worked is None:
        return Word(is_proven=False, says="a test chain's blocks cost nothing: on the node's word")
    return Word(is_proven=True, says="every payment stands in a block whose work is checked")


SOURCE = DeclaredSource(
    kind="bitcoin_node",
    word=word,
    label="A Bitcoin, Litecoin or Dogecoin node",
    settings=BitcoinSection,
    build=build,
    example="""\
[[sources.bitcoin_node]]      # Bitcoin Core, Litecoin Core or Dogecoin Core
name = "home-node"
chain = "bitcoin"
url = "http://127.0.0.1:8332"
user = "lotwork"
password_file = "bitcoin.password"
start_height = 840000         # no payment to your wallets is older
  [[sources.bitcoin_node.wallets]]
  wallet = "cold"
  watch = ["zpub..."]         # an xpub, ypub or zpub, a descriptor, addresses, scripts
  meaning = "pool_payout"     # block_reward, pool_payout, transfer, ...
""",
    units="whole satoshis, read from the blocks themselves",
    times="seconds since 1970 in UTC: the time of the block",
    docs="""\
Bitcoin Core, Litecoin Core or Dogecoin Core over JSON-RPC; of Bitcoin also testnet (3 and 4), signet and regtest.
Watches extended public keys, descriptors, addresses and output scripts: legacy, P2SH, P2WPKH, P2WSH and taproot.

- `zpub`, `ypub`, `vpub`, `upub`, `Mtub`, `dgub` make the addresses their letters say, for receiving and for change. A
  plain `xpub`, `tpub` or `Ltub` says no form, so every form of a single key is watched. A descriptor says the rest:
  pk, pkh, wpkh, sh(wpkh), combo, wsh, sh of multi or sortedmulti, tr of a key, addr and raw, with `<0;1>/*` or `/*`.
- `gap_limit` (20) unused addresses are watched beyond the last one that was ever paid, per branch; the highest is
  remembered. A miner who hands each pool and rig an address of its own exceeds 20 easily: raise it, and the chain is
  read again. After a reading `lotwork poll` tells the next unused address of each branch, and a key of which no address
  was ever paid: compare them with the wallet. Private keys are refused.
- Change to an address of the same wallet is no income and no spending.
- An output in a coinbase is a `block_reward` (a `pool_payout` where you say the wallet is paid by a pool). It is dated
  at its block and recorded when mature: 100 blocks later, 240 on Dogecoin.
- Any other payment to a watched wallet is a receipt of the wallet's `meaning`, recorded after `confirmations` blocks.
- An output that pays the public key itself of a watched legacy or P2WPKH address is that address's.
- What comes out of MWEB, or of a transaction that strangers made together with you, is in doubt: in no figure until you
  [say what it was](corrections.md#an-inflow-that-may-be-no-income).
- A spend to strangers is a `movement` until you say what it was, with whom it paid; one to another watched wallet is a
  `transfer`. Change to an address you do not watch looks like a stranger's: watch the key, or every address of a
  wallet.
- After a reorganisation of any depth, also one that happened while the daemon was down, the effective events are those
  of a fresh scan; what was undone is voided, never deleted, and alerted by name. A chain that ends below what was read
  takes nothing back.
- Nothing is believed that the node decoded: blocks are read from their own bytes, and must prove their work, also where
  it stands in another chain's block as Dogecoin's does ([ADR 14](adr/0014-what-is-believed-of-a-node.md)).
""",
    cannot_see="""\
payments before `start_height`, Lightning, MWEB (private Litecoin) outputs; who paid; what a key received more than
`gap_limit` addresses beyond the last used one. The node must hold the blocks from `start_height` on: a pruned node may
not.
""",
)
