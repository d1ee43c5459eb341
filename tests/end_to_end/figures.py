"""What the story must come to, reckoned without Lotwork: plain Python over what the nodes themselves tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any, NamedTuple

from tests.end_to_end.market import epoch_of, price_of
from tests.end_to_end.story import ETH_SALE, LTC_SALE, Story
from tests.end_to_end.world import DOLLAR, VAULT, World

MATURITY = 100
DECIMALS = {"BTC": 8, "LTC": 8, "ETH": 18, "USDC": 6}
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
MICRO = Decimal("0.000001")


class In(NamedTuple):
    """Coins that came from somebody else: income."""

    at: int
    name: str
    wallet: str
    asset: str
    units: int
    value_usd: Decimal


class Out(NamedTuple):
    """Coins that left a wallet: to one of the miner's own, or sold for dollars; the fee is what the network took."""

    at: int
    name: str
    wallet: str
    asset: str
    units: int
    fee: int
    to: str | None
    proceeds_usd: Decimal


class Gain(NamedTuple):
    """One disposal out of one lot."""

    asset: str
    wallet: str
    quantity: Decimal
    proceeds_usd: Decimal
    basis_usd: Decimal


@dataclass
class Lot:
    """Coins of one receipt that are still held, and what they cost."""

    units: int
    basis_usd: Fraction


@dataclass
class Figures:
    """The year, as the chains tell it."""

    receipts: list[In]
    gains: list[Gain]
    held: dict[tuple[str, str], Decimal]
    basis: dict[tuple[str, str], Fraction]

    @property
    def income_usd(self) -> Decimal:
        return sum((one.value_usd for one in self.receipts), Decimal(0))

    @property
    def gain_usd(self) -> Decimal:
        return sum((one.proceeds_usd - one.basis_usd for one in self.gains), Decimal(0))


def worth(units: int, asset: str, at: int) -> Decimal:
    """Return what *units* were worth at the minute's price, to the micro-dollar."""
    with localcontext() as exact:
        exact.prec = 60
        return (coins(units, asset) * price_of(asset, at)).quantize(MICRO, ROUND_HALF_EVEN)


def coins(units: int, asset: str) -> Decimal:
    with localcontext() as exact:
        exact.prec = 60
        return Decimal(units).scaleb(-DECIMALS[asset])


def reckon(world: World, story: Story) -> Figures:
    """Return the figures of everything that happened."""
    events = sorted(
        [*litecoin(world), *ethereum(world), *tokens(world), *pool(world), *files(story)], key=lambda one: one.at
    )
    lots: defaultdict[tuple[str, str], list[Lot]] = defaultdict(list)
    gains: list[Gain] = []
    for event in events:
        if isinstance(event, In):
            lots[event.wallet, event.asset].append(Lot(event.units, Fraction(event.value_usd)))
            continue
        mine = lots[event.wallet, event.asset]
        if event.to is None:
            gains += sold(mine, event, event.units + event.fee, event.proceeds_usd)
        else:
            gains += sold(mine, event, event.fee, worth(event.fee, event.asset, event.at))
            lots[event.to, event.asset] += take(mine, event.units)
    return Figures(
        [event for event in events if isinstance(event, In)],
        gains,
        {key: coins(sum(lot.units for lot in held), key[1]) for key, held in lots.items()},
        {key: sum((lot.basis_usd for lot in held), Fraction(0)) for key, held in lots.items()},
    )


def take(lots: list[Lot], units: int) -> list[Lot]:
    """Take *units* from the oldest *lots*, each with its share of the basis."""
    taken = []
    while units:
        lot = lots[0]
        part = min(units, lot.units)
        share = lot.basis_usd * part / lot.units
        taken.append(Lot(part, share))
        lot.units, lot.basis_usd = lot.units - part, lot.basis_usd - share
        units -= part
        if not lot.units:
            lots.pop(0)
    return taken


def sold(lots: list[Lot], event: Out, units: int, proceeds: Decimal) -> Iterator[Gain]:
    """Yield what a disposal of *units* comes to; the story never sells out of two lots at once."""
    (lot,) = take(lots, units)
    basis = Decimal(lot.basis_usd.numerator) / Decimal(lot.basis_usd.denominator)
    yield Gain(event.asset, event.wallet, coins(units, event.asset), proceeds, basis.quantize(MICRO))


# -- the sources, each read in its own words


def litecoin(world: World) -> Iterator[In | Out]:
    """Read every block of the chain that stands."""
    node = world.node
    owners = {
        node.ask("validateaddress", address)["scriptPubKey"]: wallet
        for wallet, addresses in world.addresses.items()
        for address in addresses
    }
    outputs: dict[tuple[str, int], tuple[str | None, int]] = {}
    tip = node.height
    for height in range(1, tip + 1):
        block = node.ask("getblock", node.ask("getblockhash", height), 2)
        for transaction in block["tx"]:
            got: list[tuple[int, str, int]] = []
            for output in transaction["vout"]:
                owner, units = owners.get(output["scriptPubKey"]["hex"]), int(output["value"] * 10**8)
                outputs[transaction["txid"], output["n"]] = owner, units
                if owner:
                    got.append((output["n"], owner, units))
            yield from of_transaction(transaction, got, outputs, block["time"], is_mature=tip - height >= MATURITY)


def of_transaction(
    transaction: dict[str, Any],
    got: list[tuple[int, str, int]],
    outputs: dict[tuple[str, int], tuple[str | None, int]],
    at: int,
    *,
    is_mature: bool,
) -> Iterator[In | Out]:
    txid = transaction["txid"]
    spent = [outputs[one["txid"], one["vout"]] for one in transaction["vin"] if "txid" in one]
    payers = {owner for owner, _ in spent if owner}
    if not payers:
        for number, owner, units in got if spent or is_mature else ():
            yield In(at, f"litecoin-regtest:{txid}:{number}", owner, "LTC", units, worth(units, "LTC", at))
        return
    (payer,) = payers
    paid = sum(units for _, units in spent)
    made = sum(outputs[txid, output["n"]][1] for output in transaction["vout"])
    change = sum(units for _, owner, units in got if owner == payer)
    to = next((owner for _, owner, _ in got if owner != payer), None)
    fee = paid - made
    yield Out(at, txid, payer, "LTC", paid - change - fee, fee, to, LTC_SALE if to is None else Decimal(0))


def ethereum(world: World) -> Iterator[In | Out]:
    """Read every transaction of the chain that stands."""
    anvil = world.anvil
    owners = {world.hot.lower(): "hot", VAULT: "vault"}
    for height in range(anvil.height() + 1):
        block = anvil.ask("eth_getBlockByNumber", hex(height), True)
        at = int(block["timestamp"], 16)
        for sent in block["transactions"]:
            payer, to = owners.get(sent["from"].lower()), owners.get((sent["to"] or "").lower())
            wei, name = int(sent["value"], 16), f"evm:{anvil.chain_id}:{sent['hash']}"
            if payer:
                receipt = anvil.receipt(sent["hash"])
                gas = int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
                yield Out(at, name, payer, "ETH", wei, gas, to, ETH_SALE if to is None else Decimal(0))
            elif to:
                yield In(at, name, to, "ETH", wei, worth(wei, "ETH", at))


def tokens(world: World) -> Iterator[In]:
    """Read the logs of the one token that counts."""
    to = "0x" + "0" * 24 + VAULT.removeprefix("0x")
    asked = {"fromBlock": "0x0", "toBlock": "latest", "address": DOLLAR, "topics": [TRANSFER, None, to]}
    for log in world.anvil.ask("eth_getLogs", asked):
        at = int(world.anvil.ask("eth_getBlockByNumber", log["blockNumber"], False)["timestamp"], 16)
        units, ordinal = int(log["data"], 16), int(log["logIndex"], 16)
        name = f"evm:{world.anvil.chain_id}:{log['transactionHash']}:log{ordinal}"
        yield In(at, name, "vault", "USDC", units, worth(units, "USDC", at))


def pool(world: World) -> Iterator[In]:
    for payout in world.market.pool.payouts:
        at, sats = int(payout["ts"]), payout["total_satoshis_net_paid"]
        yield In(at, payout["on_chain_txid"], "pool", "BTC", sats, worth(sats, "BTC", at))


def files(story: Story) -> Iterator[In]:
    for wallet, asset, quantity, moment, value in story.told_by_files:
        at = epoch_of(moment.isoformat())
        units = int(Decimal(quantity).scaleb(DECIMALS[asset]))
        yield In(at, "", wallet, asset, units, worth(units, asset, at) if value is None else value)


def on_chain(world: World) -> Counter[tuple[str, str]]:
    """Return what the nodes say the wallets hold, in base units."""
    held: Counter[tuple[str, str]] = Counter()
    for wallet, addresses in world.addresses.items():
        found = world.node.ask("scantxoutset", "start", [f"addr({address})" for address in addresses])
        held[wallet, "LTC"] = int(found["total_amount"] * 10**8)
    for wallet, address in (("hot", world.hot), ("vault", VAULT)):
        held[wallet, "ETH"] = int(world.anvil.ask("eth_getBalance", address, "latest"), 16)
    return held
