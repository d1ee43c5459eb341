"""What is proven of a transaction that a server tells: it is what its name says, and stands in that block.

Its bytes hash to its name, and the branch leads from there to the root in a header that proves its work. Three lies
of form are refused besides: 64 bytes that may be two hashes of the row above (CVE-2017-12842), a coinbase that is not
the first of its block or another that is, and a coinbase that tells another height (BIP34).
"""

from __future__ import annotations

from lotwork.ingest.bitcoin.blocks import (
    Header,
    Transaction,
    check_money,
    check_told_height,
    forged,
    transaction_of,
)
from lotwork.ingest.bitcoin.index.asked import Branch
from lotwork.ingest.bitcoin.rules import Rules
from lotwork.ingest.bitcoin.wire import BrokenBlockError, branch_root, read_transaction

TWO_HASHES = 64
MOST_ROWS = 32


def proven(raw: bytes, txid: str, branch: Branch, header: Header, height: int, rules: Rules) -> Transaction:
    """Return the transaction *txid* from its bytes, proven to stand in the block of *header*; else refuse it."""
    try:
        slices = read_transaction(raw, mweb=rules.mweb)
    except BrokenBlockError as broken:
        raise forged(header.block_hash, f"transaction {txid} cannot be read ({broken})") from None
    if slices.txid[::-1].hex() != txid:
        raise forged(header.block_hash, f"for transaction {txid} another one was given")
    if len(slices.stripped) == TWO_HASHES:
        raise forged(header.block_hash, f"transaction {txid} has 64 bytes, as two hashes of others have")
    inside = len(branch.hashes) <= MOST_ROWS and 0 <= branch.place < 1 << len(branch.hashes)
    if not inside or branch_root(slices.txid, branch.hashes, branch.place) != header.merkle_root:
        raise forged(header.block_hash, f"transaction {txid} is not proven to stand in it")
    if slices.coinbase != (branch.place == 0):
        raise forged(header.block_hash, f"transaction {txid} stands where only a coinbase does, or is one elsewhere")
    if slices.coinbase:
        check_told_height(slices, header, height, rules)
    alone = slices.coinbase and not branch.hashes
    check_money(slices, header, rules.subsidy(height) if alone else rules.issued(height), rules)
    return transaction_of(slices)
