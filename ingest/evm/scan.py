"""Blocks, receipts and logs, translated into what happened to the taxpayer's coins. Pure: it asks nobody.

What is told, of transactions that succeeded unless said otherwise:

- a stranger pays a watched address: a `receipt`, with the meaning the wallet was given; where that is `transfer`, a
  `transfer` from the unwatched wallet of the taxpayer's that it names;
- one watched wallet pays another: a `transfer`; a watched wallet pays a stranger: a `movement`;
- gas: the fee of the native payment it paid for, or, where there was none (a token sent, a contract called, a
  payment inside one wallet, *a transaction that failed*), a `movement` of its own, since coins spent on a fee are
  disposed of;
- tokens: only by the Transfer logs of contracts the user listed; whatever else arrives is no income. A wrapped coin
  tells of what it mints and burns by Deposit and Withdrawal logs; what wrapping and unwrapping bring is in doubt.
- what arrives where the same transaction took something of a watched address, an unlisted token or an NFT too, is in
  doubt: that may have been sold. The log itself tells the same of other sources' events (`ledger.doubts`).

- what a call inside a contract paid, only where the node traces blocks (`traces` in the settings).

What a block scan cannot see: without traces, coins a contract passes on inside a call ("internal" payments, the way
some pools pay); block rewards and withdrawals of validators, which no transaction carries; and the layer-1 fee that a
roll-up adds to its gas. Such coins are imported, or added by hand.

Ids are economic: chain and transaction, and for a token the place of the log *within its receipt*. Neither the block
nor the log's index in the block is part of them, since both change when a chain reorganises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

import msgspec

from lotwork.ingest.evm.chain import Header, InnerPayment, Log, Transaction, TransactionReceipt
from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Doubt, Movement, Receipt, Transfer
from lotwork.ledger.kinds.coins import GAS_ALONE
from lotwork.ledger.units import MOST_DIGITS

TRANSFER_TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""keccak-256 of Transfer(address,address,uint256): the first topic of every ERC-20 transfer (EIP-20)."""

DEPOSIT_TOPIC = "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"
WITHDRAWAL_TOPIC = "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65"
"""keccak-256 of Deposit(address,uint256) and Withdrawal(address,uint256): what WETH9 logs in place of a Transfer."""
NFTS_MOVED = frozenset({
    "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62",
    "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb",
})  # fmt: skip
"""keccak-256 of TransferSingle and TransferBatch (EIP-1155), whose third topic is the giver."""

NOBODY = "0x" + 40 * "0"
MOST_COINS = 33
"""Digits of the base units of any chain's own coin: 10^15 coins of 18 decimals."""
MOST_OF_CHAIN = {1: 27, 61: 27}
"""The same of Ethereum, which has 121 million coins, and Ethereum Classic, which cannot have 211: 10^9 coins."""
TRANSFER_TOPICS = 3
WRAPPING_TOPICS = 2
WORD_DIGITS = 66
ADDRESS_DIGITS = 40
OWN_TRANSACTION = "came back in a transaction sent by an own wallet: income, a swap or a refund?"
"""The note of a receipt that a person should look at."""

ON_ITS_WORD = "on the node's word"
"""The note of what no hash of a block proves and no second node tells too: coins passed on inside a call, and all of a
chain that is not checked."""

Keep: TypeAlias = Callable[[bytes], str]
"""Keeps raw bytes as evidence and returns their SHA-256."""

ChainEvent: TypeAlias = Receipt | Transfer | Movement


class Payment(NamedTuple):
    """So much of an asset from one address to another, and the gas that its sender paid with it."""

    id: str
    asset: str
    quantity: int
    sender: str
    to: str | None
    place: int
    gas_wei: int = 0


class Place(NamedTuple):
    """Where and when a transaction stands in the chain."""

    header: Header
    transaction: str
    evidence: str | None
    own: bool
    """Whether a watched wallet itself sent the transaction."""
    took: bool
    """Whether it took something of a watched wallet: its gas, coins, tokens listed or not, an NFT."""

    @property
    def at(self) -> datetime:
        """Return the block's instant: when the payment came under anybody's control."""
        return instant(self.header)


def instant(header: Header) -> datetime:
    """Return when the block was made, by its own time stamp."""
    return datetime.fromtimestamp(header.timestamp, UTC)


def address_topic(address: str) -> str:
    """Return *address* as an indexed log topic holds it: left-padded to 32 bytes."""
    return f"0x{address.removeprefix('0x').rjust(64, '0')}"


def token_transfer(log: Log) -> tuple[str, str, int]:
    """Return (from, to, base units) of a Transfer log.

    A log that has the topic but not the shape of EIP-20 (an NFT's has four topics) is refused: it comes from a
    contract the user called a token.
    """
    words = (*log.topics[1:], log.data)
    if len(log.topics) != TRANSFER_TOPICS or any(len(word) != WORD_DIGITS for word in words):
        raise SourceRefusedError(
            f"contract {log.contract}: a Transfer log is not of the ERC-20 shape: "
            "take the contract off the token list; it is no ERC-20 token"
        )
    sender, to = (f"0x{topic[-ADDRESS_DIGITS:]}" for topic in log.topics[1:])
    return sender, to, int(log.data, 16)


def wrapping(log: Log) -> tuple[str, str, int] | None:
    """Return (from, to, base units) of what a wrapped coin minted or burnt by *log*; None where it tells of neither."""
    if len(log.topics) != WRAPPING_TOPICS or any(len(word) != WORD_DIGITS for word in (log.topics[1], log.data)):
        return None
    owner, quantity = f"0x{log.topics[1][-ADDRESS_DIGITS:]}", int(log.data, 16)
    if log.topics[0] == DEPOSIT_TOPIC:
        return log.contract, owner, quantity
    return (owner, log.contract, quantity) if log.topics[0] == WITHDRAWAL_TOPIC else None


def _as_transfers(log: Log) -> set[tuple[str, str, str, int]]:
    """Return the Transfers by which some wrapped coins log a minting or burning too: from and to nobody."""
    told = wrapping(log)
    if told is None:
        return set()
    sender, to = (NOBODY if each == log.contract else each for each in told[:2])
    return {(log.contract, sender, to, told[2])}


def gave(log: Log) -> str | None:
    """Return the address that *log* says gave a token or an NFT away; None where it gave nothing."""
    topic, *words = log.topics
    if topic in NFTS_MOVED:
        return f"0x{words[1][-ADDRESS_DIGITS:]}" if len(words) > 1 else None
    nothing = len(log.topics) == TRANSFER_TOPICS and log.data.strip("0x") == ""
    if topic != TRANSFER_TOPIC or nothing or len(log.topics) < TRANSFER_TOPICS:
        return None
    return f"0x{words[0][-ADDRESS_DIGITS:]}"


class Scan:
    """The translation for one source: which addresses are whose, which contracts are trusted."""

    def __init__(self, section: EvmSection, keep: Keep | None = None) -> None:
        self.section = section
        self._keep = keep
        self._wallets: Mapping[str, WalletSection] = section.wallet_of
        self._tokens: Mapping[str, TokenSection] = section.token_of
        self._wrapped = section.wrapped
        self._wrapped_assets = {self._tokens[contract].asset for contract in self._wrapped}

    def translate(
        self,
        header: Header,
        receipt: TransactionReceipt,
        transaction: Transaction | None,
        inner: Iterable[InnerPayment] = (),
    ) -> Iterator[ChainEvent]:
        """Yield what one transaction of the block *header* did to the watched wallets.

        *transaction* is None where it neither was sent by a watched address nor carried coins to one, so that only
        the tokens it moved can count, and the coins that contracts passed on *inner* calls.
        """
        payments = tuple(map(self._possible, self._payments(receipt, transaction, inner)))
        if payments:
            own = transaction is not None and transaction.sender in self._wallets
            evidence = self._evidence(header, receipt, transaction)
            gave_coins = any(payment.sender in self._wallets for payment in payments)
            place = Place(header, receipt.transaction, evidence, own, own or gave_coins or self._sold(receipt))
            yield from (self._event(payment, place) for payment in payments)

    def _possible(self, payment: Payment) -> Payment:
        """Return *payment*, unless it is of more than there can be."""
        of_chain = MOST_OF_CHAIN.get(self.section.chain_id, MOST_COINS)
        most = 10 ** (of_chain if payment.asset == self.section.coin else MOST_DIGITS)
        if max(payment.quantity, payment.gas_wei) >= most:
            raise SourceRefusedError(
                f"{payment.id}: {payment.quantity} base units of {payment.asset} are more than there can be: nothing "
                "was recorded; ask another node"
            )
        return payment

    def _payments(
        self, receipt: TransactionReceipt, transaction: Transaction | None, inner: Iterable[InnerPayment]
    ) -> Iterator[Payment]:
        economic_id = f"evm:{self.section.chain_id}:{receipt.transaction}"
        if transaction is not None:
            yield from self._native_payments(economic_id, receipt, transaction)
        if receipt.succeeded:
            paid = (
                Payment(
                    f"{economic_id}:call{each.ordinal}",
                    self.section.coin,
                    each.wei,
                    each.sender,
                    each.to,
                    each.ordinal,
                )
                for each in inner
            )
            yield from filter(self._counts, paid)
            yield from filter(self._counts, self._token_payments(economic_id, receipt.logs))

    def _native_payments(
        self, economic_id: str, receipt: TransactionReceipt, transaction: Transaction
    ) -> Iterator[Payment]:
        """Yield the coins that the transaction carries, with its gas; or, where none count, the gas alone."""
        sender, native = transaction.sender, self.section.coin
        gas = receipt.gas_wei if sender in self._wallets else 0
        payment = Payment(economic_id, native, transaction.wei, sender, transaction.to, 0, gas)
        if receipt.succeeded and self._counts(payment):
            yield payment
        elif gas:
            yield Payment(f"{economic_id}:gas", native, gas, sender, None, 0)

    def _token_payments(self, economic_id: str, logs: Iterable[Log]) -> Iterator[Payment]:
        moved = [log for log in logs if log.contract in self._tokens and log.topics[:1] == (TRANSFER_TOPIC,)]
        told = {(log.contract, *token_transfer(log)) for log in moved}
        for ordinal, log in enumerate(logs):
            if log in moved:
                payment = token_transfer(log)
            elif log.contract in self._wrapped and (wrapped := wrapping(log)) and not told & _as_transfers(log):
                payment = wrapped
            else:
                continue
            asset = self._tokens[log.contract].asset
            sender, to, quantity = payment
            yield Payment(f"{economic_id}:log{ordinal}", asset, quantity, sender, to, ordinal)

    def _sold(self, receipt: TransactionReceipt) -> bool:
        """Say if an unlisted token, or an NFT, left a watched address in the transaction."""
        strange = (log for log in receipt.logs if log.contract not in self._tokens and log.topics)
        return any(gave(log) in self._wallets for log in strange)

    def _doubt(self, payment: Payment, place: Place) -> Doubt | None:
        """Return why what a stranger paid may be no income, as far as its own transaction tells."""
        if payment.sender in self._wrapped or (payment.sender == NOBODY and payment.asset in self._wrapped_assets):
            return "wrapped"
        return "same_transaction" if place.took else None

    def _counts(self, payment: Payment) -> bool:
        """Say if the payment crosses the border of a watched wallet; spam of amount 0 does not."""
        return payment.quantity > 0 and self._owner(payment.sender) != self._owner(payment.to)

    def _owner(self, address: str | None) -> str | None:
        wallet = self._wallets.get(address) if address else None
        return wallet.wallet if wallet else None

    def _event(self, payment: Payment, place: Place) -> ChainEvent:
        sender, receiver = self._wallets.get(payment.sender), self._wallets.get(payment.to or "")
        if sender is None and receiver is not None:
            return self._inbound(payment, receiver, place)
        if sender is not None and receiver is not None and sender.wallet != receiver.wallet:
            return self._transfer(payment, sender.wallet, receiver.wallet, place)
        return Movement(
            id=payment.id,
            at=place.at,
            source=self.section.name,
            evidence=place.evidence,
            note=GAS_ALONE if payment.id.endswith(":gas") else self._word(payment),
            wallet=self._wallets[payment.sender].wallet,
            asset=payment.asset,
            quantity=payment.quantity,
            fee_quantity=payment.gas_wei or None,
            txid=place.transaction,
        )

    def _inbound(self, payment: Payment, receiver: WalletSection, place: Place) -> ChainEvent:
        if receiver.meaning == "transfer":
            return self._transfer(payment, str(receiver.from_wallet), receiver.wallet, place)
        return Receipt(
            id=payment.id,
            at=place.at,
            source=self.section.name,
            evidence=place.evidence,
            note=OWN_TRANSACTION if place.own else self._word(payment),
            wallet=receiver.wallet,
            asset=payment.asset,
            quantity=payment.quantity,
            income=receiver.meaning,
            pool=receiver.pool if receiver.meaning == "pool_payout" else None,
            txid=place.transaction,
            vout=payment.place,
            block_hash=place.header.hash,
            height=place.header.height,
            payer=payment.sender,
            doubt=self._doubt(payment, place),
        )

    def _transfer(self, payment: Payment, sender: str, receiver: str, place: Place) -> Transfer:
        return Transfer(
            id=payment.id,
            at=place.at,
            source=self.section.name,
            note=self._word(payment),
            evidence=place.evidence,
            from_wallet=sender,
            to_wallet=receiver,
            asset=payment.asset,
            quantity=payment.quantity,
            fee_quantity=payment.gas_wei or None,
            txid=place.transaction,
        )

    def _word(self, payment: Payment) -> str | None:
        """Return the note of what is neither proven nor told by two nodes; None where it is."""
        proven = self.section.proves and ":call" not in payment.id
        return None if proven or self.section.agrees else ON_ITS_WORD

    def _evidence(self, header: Header, receipt: TransactionReceipt, transaction: Transaction | None) -> str | None:
        """Keep what the node said of the transaction and its block; return the digest."""
        if self._keep is None:
            return None
        said = {
            "chain_id": self.section.chain_id,
            "block": msgspec.to_builtins(header),
            "transaction": transaction.raw if transaction else None,
            "receipt": receipt.raw,
        }
        return self._keep(msgspec.json.encode(said, order="sorted"))
