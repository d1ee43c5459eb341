"""What happens to the miner: coins mined, paid, moved and spent; chains that change their mind; a kill.

Everything is done to real nodes while the daemon runs, or while it is down; what it should come to is reckoned by
tests.end_to_end.figures from the nodes themselves.
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from lotwork.ledger.events import Movement
from tests.command_line import lotwork
from tests.end_to_end.world import DOLLAR, SPAM, STRANGER, VAULT, World, lines, put, taproot
from tests.evm_contracts import token, transfers

ETHER = 10**18
MINUTES = timedelta(minutes=1)
LTC_SALE, ETH_SALE = Decimal("1450.00"), Decimal("4400.00")
WAGES, PRIOR_TAX, PRIOR_AGI = "30000.00", "9000.00", "80000.00"
PAID = Decimal("1250.00")


@dataclass
class Story:
    """What a test must know beside what the chains tell."""

    told_by_files: list[tuple[str, str, str, datetime, Decimal | None]] = field(default_factory=list)
    """Wallet, asset, quantity, instant and, where the file says it, value of each receipt told by a file."""
    power_usd: Decimal = Decimal(0)
    moved: str = ""
    spent: str = ""
    orphaned: list[str] = field(default_factory=list)


def prepare(world: World) -> None:
    """Give the miner addresses, the payer coins, and the home its settings and the taxpayer's facts."""
    node, ago = world.node, world.days.long_ago
    rig = [node.new_address("own", "legacy"), node.new_address("own", "bech32"), taproot(7)]
    world.addresses = {"rig": rig, "cold": [node.new_address("own", "bech32")]}
    for number, address in enumerate(rig):
        world.mine(1, ago + number * 61 * MINUTES, address)
    world.mine(2, ago + 200 * MINUTES, node.new_address("payer"))
    world.mine(95, ago + 210 * MINUTES)
    world.anvil.put_code(DOLLAR, token(6))
    world.anvil.put_code(SPAM, token(6))
    world.anvil.ask("anvil_setBalance", world.hot, "0x0")
    world.settle_in(world.home)
    year = world.days.year
    facts = [
        {"kind": "profile", "at": f"{year}-01-01T12:00:00Z", "id": "me", "jurisdiction": "us",
         "filing_status": "single", "time_zone": "America/New_York", "activity": "business"},
        {"kind": "year_facts", "at": f"{year}-01-01T12:00:00Z", "id": "facts", "year": str(year), "wages_usd": WAGES,
         "prior_year_tax_usd": PRIOR_TAX, "prior_year_agi_usd": PRIOR_AGI},
    ]  # fmt: skip
    (world.folder / "facts.jsonl").write_text(lines(*facts), encoding="utf-8")
    lotwork(world.home, "import", str(world.folder / "facts.jsonl"))


def tell(world: World) -> Story:
    """Tell the whole story, and return when everything in it is recorded."""
    story = Story()
    world.start()
    first_payouts(world, story)
    moves_and_spends(world, story)
    both_chains_change_their_mind(world, story)
    killed_while_reading(world, story)
    begins_again(world, story)
    return story


def first_payouts(world: World, story: Story) -> None:
    """Let coins mature, and every source tell of its first payout."""
    ago, node = world.days.long_ago, world.node
    world.mine(10, ago + 220 * MINUTES)
    pay(world, "3.0", ago + 230 * MINUTES)
    treasury = world.anvil.accounts()[0]
    world.anvil.send(treasury, world.hot, 19 * ETHER + 123_456_789)
    world.anvil.send(treasury, DOLLAR, data=transfers((treasury, VAULT, 2_500_000)))
    world.anvil.send(treasury, SPAM, data=transfers((treasury, VAULT, 10**12)))
    world.forge(ago + 240 * MINUTES)
    first, second = ago + 24 * 60 * MINUTES, ago + 25 * 60 * MINUTES
    world.market.pool.credit(first, 700_000, 14_000)
    world.market.pool.credit(second, 348_576, 6_971)
    world.market.pool.pay(second + 5 * MINUTES, 1_048_576)
    bills_and_receipts(world, story)
    world.until_told(node.ask("getblock", node.ask("getblockhash", 1))["tx"][0], "ocean:", ":log0", "csv-")


def bills_and_receipts(world: World, story: Story) -> None:
    """Files drop into the folders: JSON Lines, CSV by a map that came with Lotwork, CSV by the documented map."""
    day = world.days.long_ago + timedelta(days=2)
    told = {"kind": "receipt", "wallet": "attic", "asset": "BTC", "income": "pool_payout"}
    put(
        world.home / "inbox",
        "pool.jsonl",
        lines(
            {**told, "id": "told-1", "at": day.isoformat(), "quantity": "0.01000000"},
            {**told, "id": "told-2", "at": (day + MINUTES).isoformat(), "quantity": "0.02000000",
             "price_usd": "90000.00"},
        ),
    )  # fmt: skip
    story.told_by_files.append(("attic", "BTC", "0.01000000", day, None))
    story.told_by_files.append(("attic", "BTC", "0.02000000", day + MINUTES, Decimal("1800.00")))
    later = day + 10 * MINUTES
    put(
        world.home / "inbox",
        "export.csv",
        f"at,wallet,asset,quantity,income\n{later.isoformat()},attic,LTC,1.50000000,referral\n",
    )
    story.told_by_files.append(("attic", "LTC", "1.50000000", later, None))
    written = f"{day:%d.%m.%Y}"
    put(
        world.home / "bills",
        "bank.csv",
        "Buchungstag,Betrag,Status,Verwendungszweck\n"
        f'{written},"-120,50",gebucht,Stadtwerke Abschlag\n'
        f'{written},"-79,50",gebucht,SEPA 4711 Strom 202604\n'
        f'{written},"-30,00",vorgemerkt,Stadtwerke Abschlag\n'
        f'{written},"15,00",gebucht,Zinsen\n',
    )
    story.power_usd = Decimal("200.00")


def moves_and_spends(world: World, story: Story) -> None:
    """Coins go to an own wallet and to strangers; the movements are given their meaning while the daemon runs."""
    node, when = world.node, world.days.lately
    first, second = node.coins_of("own", world.addresses["rig"][0]), node.coins_of("own", world.addresses["rig"][1])
    story.moved = node.pay(first, {world.addresses["cold"][0]: "30.0", world.addresses["rig"][0]: "19.999"}, "own")
    story.spent = node.pay(second, {STRANGER: "15.0", world.addresses["rig"][1]: "34.99"}, "own")
    world.mine(1, when)
    world.anvil.send(world.hot, VAULT, 5 * ETHER)
    paid_away = world.anvil.send(world.hot, world.anvil.accounts()[5], 3 * ETHER // 2)
    world.forge(when)
    world.until_told(f"{story.moved}:rig:cold", f"{story.spent}:rig", paid_away)
    for movement in [event for event in world.effective() if isinstance(event, Movement)]:
        meaning = {"kind": "sale", "proceeds_usd": str(LTC_SALE if movement.asset == "LTC" else ETH_SALE)}
        if movement.asset == "ETH":
            meaning["disposition"] = "spent"
        world.lotwork(
            "add", "correction", f"target={movement.id}", f"set={json.dumps(meaning)}", "reason=sold for dollars"
        )
    assert not [event for event in world.effective() if isinstance(event, Movement)]


def both_chains_change_their_mind(world: World, story: Story) -> None:
    """Replace the block of the moves by later ones, and take an Ethereum payout away for good."""
    node, when = world.node, world.days.lately
    node.ask("invalidateblock", node.ask("getbestblockhash"))
    world.mine(2, when + 40 * MINUTES, taproot(201))
    doomed = world.anvil.send(world.anvil.accounts()[0], VAULT, 7 * ETHER)
    world.forge(when + 41 * MINUTES)
    world.until_told(doomed)
    world.anvil.reorganise(1)
    world.until(lambda events: not any(doomed in event.id for event in events), "took the orphaned payout back")
    again = int((when + 40 * MINUTES).timestamp())
    world.until(
        lambda events: any(story.moved in event.id and event.at.timestamp() >= again for event in events),
        "moved the transfer to its new block",
    )
    story.orphaned.append(doomed)


def killed_while_reading(world: World, story: Story) -> None:
    """Five payouts in five blocks; the daemon is killed as soon as it has told of any of them."""
    when = world.days.lately + 60 * MINUTES
    paid = [pay(world, "0.5", when + number * 2 * MINUTES) for number in range(5)]
    doomed = world.anvil.send(world.anvil.accounts()[0], world.hot, 9 * ETHER)
    world.forge(when)
    world.until(
        lambda events: (
            any(any(txid in event.id for txid in paid) for event in events)
            and any(doomed in event.id for event in events)
        ),
        "recorded a payout of the burst",
    )
    world.daemon.told(signal.SIGKILL)
    assert world.daemon.ended() == -signal.SIGKILL
    story.orphaned.append(doomed)
    # While nobody looks, both chains go another way.
    node = world.node
    node.ask("invalidateblock", node.ask("getblockhash", node.height - 2))
    world.mine(5, when + 30 * MINUTES, taproot(202))
    world.anvil.reorganise(1)
    world.anvil.send(world.anvil.accounts()[0], VAULT, 2 * ETHER)
    world.forge(when + 31 * MINUTES)


def begins_again(world: World, story: Story) -> None:
    """Start the daemon anew and let it catch up; record the year's first payment to the Treasury by hand."""
    last = pay(world, "0.25", world.days.lately + 100 * MINUTES)
    world.start()
    world.until_told(last)
    world.until(lambda events: not any(story.orphaned[-1] in event.id for event in events), "took the payout back")
    paid_at = world.days.long_ago.isoformat()
    world.lotwork(
        "add", "payment", "id=paid", f"at={paid_at}", f"year={world.days.year}", "type=estimated", f"amount_usd={PAID}"
    )
    world.until(lambda _: not world.unpriced(), "priced every receipt and every fee")


def pay(world: World, coins: str, moment: datetime) -> str:
    """Have the payer send *coins* to the cold wallet, in a block of its own at *moment*."""
    node = world.node
    coin = max(node.coins_of("payer"), key=lambda one: one["amount"])
    change = coin["amount"] - Decimal(coins) - Decimal("0.001")
    txid = node.pay([coin], {world.addresses["cold"][0]: coins, node.new_address("payer"): str(change)}, "payer")
    world.mine(1, moment)
    return txid
