"""One law for every source: at any fault rate it gets on, asks no more than is new, and keeps nothing else.

A world stands for the outside of one kind of source; its questions fail by chance. A source that is declared and has no
world here fails the test.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx2
import msgspec
import pytest

from lotwork.ingest.asking.answer import JsonAnswer
from lotwork.ingest.asking.http import BoundedClient
from lotwork.ingest.asking.json_guard import parse_json
from lotwork.ingest.bitcoin.electrum.section import ElectrumSection
from lotwork.ingest.bitcoin.electrum.source import build as build_electrum
from lotwork.ingest.bitcoin.esplora.section import EsploraSection
from lotwork.ingest.bitcoin.esplora.source import build as build_esplora
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.context import BuildContext
from lotwork.ingest.evm.section import EvmSection
from lotwork.ingest.evm.watch import EvmWatch
from lotwork.ingest.folder.reading import FolderSource
from lotwork.ingest.pools.ocean import Ocean
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.ports import Page, ReceiptSource
from lotwork.ingest.register import SOURCES
from lotwork.ingest.sections import WalletSection
from lotwork.ingest.watch import watch_once
from lotwork.ledger.boundary import Opener
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import InputRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event
from lotwork.ledger.history import History
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from tests.drawing import stream
from tests.ingest import wires
from tests.ingest.chain_model import ChainModel, ModelNode, Paid, make_tx
from tests.ingest.exchanges.kit import is_of_suspense
from tests.ingest.faces import ElectrumFace, EsploraFace
from tests.ingest.matrix.asked_devices import (
    DIFFICULTY,
    EPOCH_BEGAN,
    EPOCH_SECONDS,
    MIDNIGHT,
    RECORDED_PLACES,
    difficulty,
    home_assistant,
    shelly_records,
)
from tests.ingest.matrix.exempt import EXEMPT, NO_PAST, is_there
from tests.ingest.matrix.looking import Source as Place
from tests.ingest.matrix.looking import context_of as matrix_context
from tests.ingest.pools.cases import CASES, NO_INCOME
from tests.ingest.pools.kit import Case, PoolServer, built, context_of, credit, reply
from tests.ingest.pools.kit import Paid as PoolPaid
from tests.ingest.scripted_server import client_of
from tests.ingest.wires import Asked, Said, Server, connecting, in_lines
from tests.simulated_evm import Move, SimulatedEvm

S = TypeVar("S", ElectrumSection, EsploraSection)
SCRIPT = b"\x00\x14" + b"\x01" * 20
FEW, MANY = 6, 24
MOST_LOOKS = 4_000
A_LOOK = 24
"""Questions that a look may cost before anything is new: which chain, which fork, which headers."""
A_NEW_ONE = 8
"""Questions that each new payment may cost."""


class World:
    """The outside of a source: what it may be asked, counted, and failing by chance."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = SetClock(datetime(2026, 6, 21, 12, tzinfo=UTC))
        self.asked = 0
        self.rate = 0.0
        self.chance = stream(7)

    def fails(self) -> bool:
        """Count a question, and say if it fails, by chance."""
        self.asked += 1
        return self.chance.random() < self.rate

    def question(self) -> None:
        """Count a question, and fail it by chance."""
        if self.fails():
            raise SourceUnreachableError("nobody answered")

    def reached(self) -> AbstractContextManager[None]:
        """Let the source reach this world, where it opens connections of its own."""
        return nullcontext()

    def grow(self, count: int) -> None:
        """Let *count* payments happen."""
        raise NotImplementedError

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        """Return the source over this world."""
        raise NotImplementedError


class Failing:
    """What a world answers, where it answers."""

    def __init__(self, world: World, answers: object) -> None:
        self.world = world
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        def ask(*what: Any, **named: Any) -> Any:
            if name not in ("close", "prepare"):
                self.world.question()
            return getattr(self.answers, name)(*what, **named)

        return ask


class Bitcoin(World):
    """A chain with a payment in each other block."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.chain = ChainModel()

    def grow(self, count: int) -> None:
        for _ in range(count):
            number = self.chain.height
            paid = make_tx([(number.to_bytes(32, "big"), 0)], [Paid(b"\x00\x14" + b"\x01" * 20, 500)], tag=number)
            self.chain.mine([paid], b"\x00\x14" + b"\x63" * 20)
            self.chain.mine([], b"\x00\x14" + b"\x63" * 20)

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        rig = WalletSection(wallet="rig", watch=("0014" + "01" * 20,), meaning="pool_payout")
        section = BitcoinSection(
            name="node",
            chain="bitcoin-regtest",
            url="http://127.0.0.1:1",
            start_height=1,
            confirmations=1,
            wallets=(rig,),
        )
        node = cast("ModelNode", Failing(self, ModelNode(self.chain)))
        return BitcoinNode(section, store, self.clock, evidence=evidence, connect=lambda: node)


class Electrum(Bitcoin):
    """The same chain, told by an Electrum server: what was sent together fails together."""

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        del evidence  # the one of the home: they are the same folder
        return self.of(ElectrumSection, build_electrum, store, url="tcp://127.0.0.1:1")

    def of(
        self, section: type[S], build: Callable[[S, BuildContext], ReceiptSource], store: EventStore, url: str
    ) -> ReceiptSource:
        """Return the source that watches the rig's script at *url*."""
        rig = WalletSection(wallet="rig", watch=(SCRIPT.hex(),), meaning="pool_payout")
        given = section(name="node", chain="bitcoin-regtest", url=url, confirmations=1, wallets=(rig,))
        return build(given, context_of(PoolServer(self.answer), store, self.clock, self.home))

    def reached(self) -> AbstractContextManager[None]:
        answer = in_lines(ElectrumFace(self.chain).answer)

        def counted(sent: bytes) -> bytes:
            if self.fails():
                raise ConnectionResetError("reset")
            return answer(sent)

        return connecting(counted)

    def answer(self, asked: Asked) -> Any:
        """Answer nothing: it is asked over a line."""
        raise AssertionError(asked)


class Esplora(Electrum):
    """The same chain, told by an Esplora, each question by itself."""

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        del evidence
        return self.of(EsploraSection, build_esplora, store, url="https://esplora.example")

    def reached(self) -> AbstractContextManager[None]:
        return nullcontext()

    def answer(self, asked: Asked) -> Any:
        """Answer one path, or nothing at all."""
        if self.fails():
            raise httpx2.ReadError("reset")
        face = EsploraFace(self.chain)
        face.digests = {address_of_script(SCRIPT, CHAINS["bitcoin-regtest"]): hashlib.sha256(SCRIPT).hexdigest()}
        told = face.answer(wires.Asked(path=asked.path))
        return reply(told.body, status=told.status, media=told.media)


class Evm(World):
    """A chain with a payment in each block."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.chain = SimulatedEvm()

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.chain.mine(Move(name=str(self.chain.tip()), sender="0x" + "aa" * 20, to="0x" + "c0" * 20, wei=5))

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        cold = WalletSection(wallet="cold", watch=("0x" + "c0" * 20,))
        section = EvmSection(
            name="eth", chain_id=1, url="http://127.0.0.1:1", start_height=1, finality=0, wallets=(cold,)
        )
        return EvmWatch(section, cast("SimulatedEvm", Failing(self, self.chain)), store, self.clock, keep=evidence.keep)


class Pool(World):
    """OCEAN, with a payout for each block it found; the reports of its months tell gross and net."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.earnings: list[dict[str, Any]] = []
        self.payouts: list[dict[str, Any]] = []

    def grow(self, count: int) -> None:
        for _ in range(count):
            number = len(self.payouts) + 1
            at = datetime(2026, 5, 28, tzinfo=UTC) + timedelta(minutes=30 * number)
            told = f"{at:%Y-%m-%dT%H:%M:%S}"
            self.earnings.append({"block_hash": f"{number:064x}", "ts": told, "satoshis_net_earned": 1_000 + number})
            paid = {"ts": told, "on_chain_txid": f"{number:064x}", "is_generation_txn": False}
            self.payouts.append({**paid, "total_satoshis_net_paid": 1_000 + number})
            self.clock.instant = at + timedelta(hours=1)

    def answer(self, url: str) -> Any:
        if "statsnap" in url:
            return {"unpaid": "0.00000000"}
        if "monthly" in url:
            rows = [
                {
                    "TimeUTC": one["ts"],
                    "GrossUserRwd": one["satoshis_net_earned"] + 9,
                    "NetUserRwd": one["satoshis_net_earned"],
                }
                for one in self.earnings
                if one["ts"].startswith(url[-7:])
            ]
            return {"report": rows}
        first, last = (datetime.fromtimestamp(int(part), UTC).isoformat()[:19] for part in url.split("/")[-2:])
        return {
            "earnings": [one for one in self.earnings if first <= one["ts"] <= last],
            "payouts": [one for one in self.payouts if first <= one["ts"] <= last],
        }

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        world = self

        class Client(BoundedClient):
            def get_json(self, url: str, **_: Any) -> JsonAnswer:
                world.question()
                body = json.dumps({"result": world.answer(url)}).encode()
                return JsonAnswer(parse_json(body), body)

        bounded = client_of("ocean", clock=self.clock)
        client = Client(source="ocean", clock=self.clock, pace=bounded.pace, allow_private=True)
        return Ocean(
            section=OceanSection(name="ocean", address="bc1qexample", wallet="cold", start=date(2026, 5, 28)),
            client=client,
            evidence=evidence,
            recognition=lambda _at: "on_payout",
            log=store,
        )


class Folder(World):
    """A folder in which a file lies for each receipt; by chance one is only half there when it is looked at.

    Its questions are the files that are opened.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.folder = home.parent / "inbox"
        self.folder.mkdir(parents=True)
        self.whole: dict[Path, str] = {}
        self.laid: dict[Path, str] = {}

    def grow(self, count: int) -> None:
        for _ in range(count):
            number = len(self.whole)
            told = {
                "kind": "receipt",
                "id": f"r{number}",
                "at": "2026-06-01T12:00:00Z",
                "wallet": "cold",
                "asset": "BTC",
            }
            told |= {"quantity": f"0.{number + 1:04}", "income": "pool_payout", "evidence": "stub.txt"}
            self.whole[self.folder / f"{number:03}.jsonl"] = json.dumps(told) + "\n"
        (self.folder / "stub.txt").write_text("a stub that all of them name")
        self.lay()

    def lay(self) -> None:
        """Write the files that are not laid so, some of them cut short."""
        for path, text in self.whole.items():
            lies = text[: len(text) // 2] if self.chance.random() < self.rate else text
            if self.laid.get(path) != lies:
                path.write_text(lies)
                self.laid[path] = lies

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        world = self

        class Cut(FolderSource):
            begins = True

            def fetch_since(self, cursor: str | None) -> Page:
                if self.begins:
                    world.lay()
                self.begins = True
                page = super().fetch_since(cursor)
                self.begins = not page.more
                return page

            @property
            def _opener(self) -> Opener:
                def opened(path: str, flags: int) -> int:
                    world.asked += 1
                    return honest(path, flags)

                honest = super()._opener
                return opened

        self.clock.instant = datetime(2030, 1, 1, tzinfo=UTC)
        return Cut(
            name="inbox",
            book="main",
            folder=self.folder,
            column_map=None,
            log=store,
            clock=self.clock,
            evidence=evidence,
        )


class FramedPool(World):
    """A pool that the frame reads, as its case answers."""

    def __init__(self, case: Case, home: Path) -> None:
        super().__init__(home)
        self.case = case
        self.home = home
        self.paid: list[PoolPaid] = []

    def grow(self, count: int) -> None:
        for _ in range(count):
            number = len(self.paid) + 1
            at = datetime(2026, 5, 28, tzinfo=UTC) + timedelta(minutes=30 * number)
            self.paid.append(PoolPaid(number, at, (1_000 + number) * self.case.unit))
            self.clock.instant = at + timedelta(hours=1)

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        del evidence  # the one of the home: they are the same folder
        if self.case.on_credit:
            credit(store)
        settings = {**self.case.settings, "start": "2026-05-28"}
        context = context_of(PoolServer(self.answer), store, self.clock, self.home)
        return built(self.case.kind, settings, context)

    def answer(self, asked: Asked) -> Any:
        self.question()
        return self.case.telling(self.paid, asked)


class Placed(World):
    """A place of the matrix that keeps its past, of which it tells one more event each *step*."""

    def __init__(
        self, place: Place, begin: datetime, step: timedelta, server: Callable[[int], Server], home: Path
    ) -> None:
        super().__init__(home)
        self.place, self.begin, self.step, self.server = place, begin, step, server
        self.home = home
        self.count = 0

    def grow(self, count: int) -> None:
        self.count += count
        self.clock.instant = self.begin + self.count * self.step + timedelta(hours=1)

    def answer(self, asked: Asked) -> Said:
        return Said(broken=TimeoutError("late")) if self.fails() else self.server(self.count)(asked)

    def reached(self) -> AbstractContextManager[None]:
        return connecting(self.place.knock(self.answer)) if self.place.knock else nullcontext()

    def source(self, store: EventStore, evidence: Evidence) -> ReceiptSource:
        return self.place.built(replace(matrix_context(self.home, self.clock, store, self.answer), kept=evidence))


DAY, EPOCH = timedelta(days=1), timedelta(seconds=EPOCH_SECONDS)
OF_THE_PLACE = {place.name: place for place in (*RECORDED_PLACES, DIFFICULTY)}
KEEP_THEIR_PAST = {
    "home_assistant": (MIDNIGHT, DAY, home_assistant),
    "shelly-em1": (MIDNIGHT, DAY, shelly_records),
    "difficulty": (datetime.fromtimestamp(EPOCH_BEGAN, UTC), EPOCH, lambda count: difficulty(count + 1)),
}
"""From when on, how much more each time, and who tells so many."""
WORLDS: dict[str, Callable[[Path], World]] = {
    "bitcoin_node": Bitcoin,
    "electrum": Electrum,
    "esplora": Esplora,
    "evm_node": Evm,
    "ocean": Pool,
    "files": Folder,
    **{f"{case.kind}: {case.name}": partial(FramedPool, case) for case in CASES},
    **{
        f"{OF_THE_PLACE[name].of}: {name}": partial(Placed, OF_THE_PLACE[name], *told)
        for name, told in KEEP_THEIR_PAST.items()
    },
}


def test_every_source_has_a_world_here() -> None:
    here = {name.partition(":")[0] for name in WORLDS}
    assert here | {*NO_INCOME, *EXEMPT, *NO_PAST} == {one.kind for one in SOURCES}
    assert not here & {*EXEMPT, *NO_PAST}
    assert all(one.goes_on for one in EXEMPT.values())
    assert [test for test in NO_PAST.values() if not is_there(test)] == []


class Watch:
    """A world, its source and its ledger."""

    def __init__(self, kind: str, home: Path) -> None:
        self.world = WORLDS[kind](home)
        self.store = EventStore.open(home, clock=self.world.clock)
        self.evidence = Evidence(home)
        self.source = self.world.source(self.store, self.evidence)
        self.looks = 0
        self.begun = self.store.head("main").position

    def look(self) -> int:
        """Look once; what fails is tried again another time."""
        self.looks += 1
        try:
            with self.world.reached():
                return watch_once(self.source, self.store)
        except (SourceUnreachableError, InputRefusedError):
            return 0

    def until(self, count: int) -> None:
        """Look until so many events are recorded."""
        while self.recorded() < count:
            assert self.looks < MOST_LOOKS, f"only {self.recorded()} of {count} in {self.looks} looks"
            self.look()

    def recorded(self) -> int:
        of_suspense = sum(is_of_suspense(event) for _, event in self.store.read("main", kinds=("suspense", "void")))
        return self.store.head("main").position - self.begun - of_suspense

    def told(self) -> dict[str, Event]:
        """Return the events; what they were read from differs where they were read in other looks.

        What was in suspense for a while is none of them: a file that was read half-written is taken at another look.
        """
        events = (event for _, event in self.store.read("main") if not is_of_suspense(event))
        return {event.id: msgspec.structs.replace(event, evidence=None) for event in events}

    def named(self) -> set[str]:
        """Return the evidence that the log names, in its events and its cursor."""
        cursor = self.store.cursor("main", self.source.name) or ""
        events = {event.evidence for _, event in self.store.read("main") if event.evidence}
        return events | {digest for digest in self.evidence.kept() if digest in cursor}


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("kind", WORLDS)
def test_a_source_gets_on_asks_for_what_is_new_and_keeps_what_is_recorded(
    kind: str, rate: float, tmp_path: Path
) -> None:
    calm, watch = Watch(kind, tmp_path / "calm"), Watch(kind, tmp_path / "home" / "home")
    for one, count in ((calm, MANY), (watch, FEW)):
        one.world.grow(count)
    calm.until(MANY)
    watch.world.rate = rate
    watch.until(FEW)
    watch.world.grow(MANY - FEW)
    watch.until(MANY)

    assert watch.told() == calm.told()
    assert watch.world.asked <= A_LOOK * watch.looks * (1 + 3 * (rate > 0)) + A_NEW_ONE * MANY, "linear in what is new"
    assert set(watch.evidence.kept()) == watch.named(), "on the disk is what is recorded"
    watch.world.rate = 0
    watch.look()
    assert list(History.read(watch.store, "main").of_kind("suspense")) == [], "what lies whole stays in no suspense"

    watch.world.rate = 0.0
    assert watch.look() == 0
    watch.world.asked, cursor = 0, watch.store.cursor("main", watch.source.name)
    assert watch.look() == 0
    assert watch.world.asked <= A_LOOK, "where nothing is new, a look costs what it always costs"
    assert watch.store.cursor("main", watch.source.name) == cursor
    for one in (calm, watch):
        one.store.close()
