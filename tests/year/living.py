"""The miner lives through the year: sources are polled by the daemon's own rounds, files imported by the command.

What is asked when, and which file is downloaded when, is drawn; whether services that have both are read by API or by
export is said. At the end the miner reads the findings and does what they say.
"""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from lotwork import cli
from lotwork.config import load
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ingest.exchanges.account import Account
from lotwork.ingest.exchanges.talk import Talk
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.store import EventStore
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.recorder import Recorder
from lotwork.service.rounds import Rounds
from lotwork.service.sources import price_sources, watched
from tests.ingest.exchanges.kit import InProcess
from tests.ingest.scripted_server import serving
from tests.year import exports
from tests.year.habits import EXPORTS, FIRST, SOURCES, Habits, Step
from tests.year.services import Services
from tests.year.settings import secrets_of, settings_of
from tests.year.story import LAST, Story
from tests.year.webpages import of_braiins, of_viabtc

ANSWERS = {
    "likely_twins": ("if it is one transfer, say so", "if it is one payment, void one of them"),
    "likely_transfer": ("if it is one transfer, say so",),
    "inflow_doubtful": ("or told by your Lightning wallet",),
    "movement_unexplained": ("where another wallet of your own got them",),
}
"""What this miner answers to what is asked, in this order; what left OCEAN unexplained went to the Lightning wallet."""
MOST_QUESTIONS = 50
MAPPED = {"braiins.csv": of_braiins, "viabtc.csv": of_viabtc}


class Told(NamedTuple):
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        told = json.loads(self.out)
        assert isinstance(told, dict)
        return told


@contextmanager
def living(story: Story, home: Path, habits: Habits) -> Iterator[Miner]:
    """Yield a miner who has lived the year by these *habits*, over services that answer."""
    miner = Miner(story, home, habits)
    with serving() as server:
        miner.services = Services(story, miner.clock, server)
        server.answer = miner.services.answer
        miner.settle(server.url)
        miner.live()
        yield miner


@dataclass
class Miner:
    """One home, and the year that is lived in it."""

    story: Story
    home: Path
    habits: Habits
    clock: SetClock = field(default_factory=lambda: SetClock(FIRST))
    services: Services | None = None

    @property
    def folder(self) -> Path:
        """Where downloads go."""
        return self.home.with_name(f"{self.home.name}-downloads")

    def settle(self, url: str) -> None:
        """Make the home, with the settings of services at *url*, and say who lives here."""
        self.home.mkdir(parents=True, mode=0o700)
        (self.home / "config.toml").write_text(settings_of(url, by_export=self.habits.by_export), encoding="utf-8")
        for name, secret in secrets_of().items():
            (self.home / name).write_text(secret, encoding="utf-8")
            (self.home / name).chmod(0o600)
        (self.home / "namecoin.csv").write_text(exports.namecoin_prices(), encoding="utf-8")
        needed = 2 if self.habits.by_export else 1  # who it is; and the coin that a pool's API would declare
        words = exports.own_words(self.story).splitlines(keepends=True)[:needed]
        self("import", exports.written(self.folder, "profile.jsonl", "".join(words)))

    def live(self) -> None:
        """Live the year, to the day of the return."""
        pending = [*self.habits.steps]
        while pending:
            self._poll(pending)
            if pending:
                self._go_to(pending[0].at)
                self.take(pending.pop(0).what)
        self._go_to(LAST)
        self("import", exports.written(self.folder, "mine.jsonl", exports.own_words(self.story)))
        self.price()

    def price(self) -> None:
        """Let the daemon ask for the prices that wait."""
        self._poll([Step(self.clock.instant, "ckpool")])

    def poll_all(self) -> None:
        """Ask every source once more, on the same day."""
        asked = [one for one in SOURCES if not (self.habits.by_export and one in EXPORTS)]
        self._poll([Step(self.clock.instant, one) for one in asked])

    def _go_to(self, at: datetime) -> None:
        self.clock.move(max((at - self.clock.instant).total_seconds(), 0))

    def _poll(self, pending: list[Step]) -> None:
        """Do the steps that ask a source, until one imports a file; a poll prices what waits, as the daemon does."""
        config = load(self.home)
        asking = mock.patch.object(Account, "_talk", self._talk)
        with EventStore.open(self.home, clock=self.clock) as store, asking:
            pace = Pace(self.clock, gap_seconds=0)
            context = BuildContext(
                home=self.home, log=store, clock=self.clock, reveal=config.secret, pace=pace, secrets=config.secrets()
            )
            sources = {one.name[1]: one for one in watched(config.settings, context)}
            health, metrics = Health(self.home, self.clock, chain_ok=True), Metrics()
            health.watch(one.section for one in sources.values())
            rounds = Rounds(store, Recorder(store, metrics), health, metrics, self.clock, stop=lambda: False)
            rounds.use_prices([*price_sources(config.settings.prices, context)], ["main"], config.settings.prices)
            while pending and pending[0].what in sources:
                step = pending.pop(0)
                self._go_to(step.at)
                rounds.poll(sources[step.what])
                self._go_to(self.clock.instant + timedelta(minutes=5))
                rounds.fetch_prices()

    @property
    def _talk(self) -> Callable[[Account], Talk]:
        """What asks an exchange: ccxt's process, or from before the habits say so what answers in its place."""
        by_process = Account._talk

        def talk(account: Account) -> Talk:
            if self.clock.instant >= self.habits.by_process or self.services is None:
                return by_process(account)
            answers: Talk = InProcess(self.services.of_a_house(account.section.service), [])  # type: ignore[assignment] # all that is asked of one
            return answers

        return talk

    def take(self, file: str) -> None:
        """Download *file* as it stands on this day, and import it."""
        now = self.clock.instant
        if file in MAPPED:
            for one in MAPPED[file](self.story, now):
                path = exports.written(self.folder, one.name, one.text)
                self("import", path, "--map", exports.written(self.folder, one.map_name, one.map_text))
            return
        for name, text, words in downloads(self.story, file, now, by_export=self.habits.by_export):
            self("import", exports.written(self.folder, name, text), *words)

    def __call__(self, *words: str | Path, codes: tuple[int, ...] = (0, 1)) -> Told:
        """Call the command on the miner's day; it must end with one of *codes*."""
        argv = ["--home", str(self.home), *map(str, words)]
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
        with redirect_stdout(streams[0]), redirect_stderr(streams[1]), self._then(argv):
            try:
                cli.main(argv)
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
        for stream in streams:
            stream.seek(0)
        told = Told(code, streams[0].read(), streams[1].read())
        assert code in codes, f"lotwork {' '.join(argv)} ended with {code}: {told.err}"
        return told

    @contextmanager
    def _then(self, argv: list[str]) -> Iterator[None]:
        now: Callable[[SystemClock], datetime] = lambda _: self.clock.instant  # noqa: E731 - a method for the patch
        with (
            mock.patch.object(SystemClock, "now", now),
            mock.patch.object(sys, "argv", ["lotwork", *argv]),
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b""))),
        ):
            yield

    # -- what a person does ---------------------------------------------------------------------------------------

    def findings(self) -> list[dict[str, Any]]:
        """Return what waits for a person."""
        told = self("liability", "--year", "2026", "--json").result["findings"]
        assert isinstance(told, list)
        return told

    def answer(self) -> Counter[str]:
        """Do what the findings say, one after the other, and ask for the prices of fees; return what was asked."""
        asked: Counter[str] = Counter()
        while one := self._next_question():
            asked[one["code"]] += 1
            assert asked.total() < MOST_QUESTIONS, f"it is asked again and again: {one}"
            answer = next(each for each in ANSWERS[one["code"]] if each in one["message"])
            for command in commands_of(one["message"], answer):
                self(*(word.replace("WALLET", "lightning") for word in command))
        self.price()
        return asked

    def _next_question(self) -> dict[str, Any] | None:
        found = [each for each in self.findings() if each["code"] in ANSWERS]
        return min(found, key=lambda each: [*ANSWERS].index(each["code"]), default=None)


def commands_of(message: str, answer: str) -> list[list[str]]:
    """Return the words of the commands that a finding writes out after the words of an *answer*."""
    assert answer in message, f"no answer {answer!r}: {message}"
    commands = message.partition(answer)[2].split("`")[1]
    return [shlex.split(one)[1:] for one in commands.split(" && ")]


def downloads(story: Story, file: str, now: datetime, *, by_export: bool) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (name, text, words) of what is imported when the miner thinks of *file*."""
    if file == "bank":
        bills = (("north hosting", "hosting", "1"), ("fan shop", "repairs", "1"), ("fiber co", "internet", "0.5"))
        for only, line, share in bills:
            words = (f"only={only}", f"category={line}", f"business_share={share}")
            yield "bank.qfx", exports.bank(story, now), _set(*words)
    elif file == "meter":
        yield "meter.csv", exports.meter(story, now), _set("meter=shed")
    elif file == "coinbase.csv":
        yield file, exports.house(story, "coinbase", now), _set("inflow=transfer", "from_wallet=cold")
    elif file == "kraken.csv":
        yield file, exports.house(story, "kraken", now), _set("inflow=transfer", "from_wallet=nicehash")
    elif file == "river.csv":
        yield file, exports.house(story, "river", now), _set("zone=UTC")
    else:
        told_by_the_api = [] if by_export else ["skip=Hashpower mining|Hashpower mining fee"]
        yield file, exports.house(story, "nicehash", now), _set(*told_by_the_api)


def _set(*words: str) -> list[str]:
    return [each for word in words for each in ("--set", word)]
