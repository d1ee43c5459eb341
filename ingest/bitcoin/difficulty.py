"""The difficulty of a chain: what `lotwork completeness` holds hashrates against. It is no income.

A mempool.space, or a server of its form for another chain, tells every adjustment: the instant and the height of its
first block, and the difficulty from there on. What no chain can tell is refused whole: a height that begins no epoch,
or a difficulty that changes from one epoch to the next by more than the rules of Bitcoin and Litecoin let it. A node
of one's own is asked in `node_difficulty`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.bitcoin.rules import MOST_CHANGE, RULES
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.ports import AHEAD, NOTHING, EvidenceKeeper, Page
from lotwork.ingest.sections import Name, Seconds, Secret, SecretFile, Section, check_url, one_of
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.events import Difficulty
from lotwork.ledger.storage.batch import MAIN_BOOK

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.bitcoin.node_difficulty import NodeDifficulties
    from lotwork.ingest.context import BuildContext

SERVERS = {"BTC": "https://mempool.space", "LTC": "https://litecoinspace.org"}
CHAINS = {"BTC": "bitcoin", "LTC": "litecoin", "DOGE": "dogecoin"}
BLOCKS = 2016
"""Of an epoch, on both chains."""
LONGEST = timedelta(days=21)
"""The epoch in force at the start began no longer before it."""
ADJUSTMENT = 4
"""Values of one adjustment: instant, height, difficulty, and the change, which is not read."""
TWO_MONTHS = timedelta(days=60)
FIRST_BLOCK = 1_231_006_505
"""Of Bitcoin, in seconds since 1970."""


class DifficultySection(Section, frozen=True, kw_only=True):
    """`[[sources.difficulty]]`: the difficulty of one chain."""

    name: Name
    start: date
    asset: Literal["BTC", "LTC", "DOGE"] = "BTC"
    base_url: str = ""
    node_url: str = ""
    """A node of one's own, which is then asked in the place of a server: http://HOST:PORT."""
    user: str = ""
    password: Secret | None = None
    password_file: SecretFile | None = None
    book: Name = MAIN_BOOK
    allow_private: bool = False
    every_seconds: Seconds = 43_200
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        if self.base_url:
            check_url(self.base_url, "base_url")
        if self.node_url:
            check_url(self.node_url, "node_url")
        one_of("password", self.password, self.password_file)


class Adjusted(NamedTuple):
    """An epoch's first block, and its difficulty."""

    height: int
    at: datetime
    difficulty: Decimal


class NoSuchChainError(ValueError):
    """An answer tells what no chain can; its text is the reason."""


@dataclass(frozen=True, kw_only=True)
class Difficulties:
    """The adjustments of one chain, as a source: its cursor is the height of the last one that was recorded."""

    section: DifficultySection
    client: BoundedClient
    evidence: EvidenceKeeper

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the adjustments after the one that was recorded last, or since the epoch of the start."""
        now = self.client.clock.now()
        start = datetime.combine(self.section.start, time(), tzinfo=UTC)
        last, _, seen = (cursor or "0 0").partition(" ")
        told_at = datetime.fromtimestamp(int(seen), UTC) if int(seen) else start - LONGEST
        span = "3m" if now - told_at < TWO_MONTHS else "all"
        base = self.section.base_url or SERVERS[self.section.asset]
        answer = self.client.get_json(f"{base}/api/v1/mining/difficulty-adjustments/{span}", item="the adjustments")
        try:
            told = adjustments(answer.value, now + AHEAD)
        except NoSuchChainError as refused:
            raise self.client.refusal("the adjustments", str(refused), NOTHING, answer.body) from None
        new = [one for one in told if one.height > int(last) and one.at >= start - LONGEST]
        if not new:
            return Page(events=(), cursor=cursor or "0 0")
        kept = self.evidence.keep(answer.body)
        events = tuple(self._event(one, kept) for one in new)
        return Page(events=events, cursor=f"{new[-1].height} {int(new[-1].at.timestamp())}")

    def _event(self, one: Adjusted, evidence: str) -> Difficulty:
        asset = self.section.asset
        return Difficulty(
            id=f"difficulty:{asset}:{one.height}",
            at=one.at,
            source=self.name,
            evidence=evidence,
            asset=asset,
            difficulty=f"{one.difficulty:f}",
            height=one.height,
        )


def adjustments(value: JsonValue, latest: datetime) -> list[Adjusted]:
    """Return what an answer tells, the oldest first; raise NoSuchChainError where no chain can be so."""
    if not isinstance(value, list):
        raise NoSuchChainError("it is no list")
    told = sorted(_adjusted(item, latest) for item in value)
    for before, after in pairwise(told):
        if before.height == after.height:
            raise NoSuchChainError(f"it tells of height {after.height} twice")
        if before.at >= after.at:
            raise NoSuchChainError(f"height {after.height} is not after height {before.height}")
        larger, smaller = max(before.difficulty, after.difficulty), min(before.difficulty, after.difficulty)
        if after.height - before.height == BLOCKS and larger > smaller * (MOST_CHANGE + 1):
            raise NoSuchChainError(f"at height {after.height} the difficulty changes more than a chain lets it")
    return told


def _adjusted(item: JsonValue, latest: datetime) -> Adjusted:
    if not isinstance(item, list) or len(item) < ADJUSTMENT - 1:
        raise NoSuchChainError("an adjustment is not [time, height, difficulty, change]")
    at, height, difficulty = item[:3]
    if not isinstance(at, int) or isinstance(at, bool) or not FIRST_BLOCK <= at <= latest.timestamp():
        raise NoSuchChainError("the time of an adjustment is none, or lies ahead")
    if not isinstance(height, int) or isinstance(height, bool) or height < 0 or height % BLOCKS:
        raise NoSuchChainError("the height of an adjustment begins no epoch")
    if isinstance(difficulty, bool) or not isinstance(difficulty, int | Decimal) or not 0 < difficulty < MOST:
        raise NoSuchChainError("the difficulty of an adjustment is no number above 0")
    return Adjusted(height, datetime.fromtimestamp(at, UTC), _plain(Decimal(difficulty)))


MOST = 10**24
"""A million million times the difficulty there ever was."""
DECIMALS = Decimal("0.00000001")


def _plain(difficulty: Decimal) -> Decimal:
    """Return *difficulty* with at most eight decimals, and none that is 0."""
    told = difficulty.quantize(DECIMALS).normalize()
    if not told:
        raise NoSuchChainError("the difficulty of an adjustment is no number above 0")
    return told


def build(section: DifficultySection, context: BuildContext) -> Difficulties | NodeDifficulties:
    """Return the source that *section* describes."""
    if section.start.year < START_YEAR:
        raise ConfigError(f"{section.name}: start: {section.start} is before the chain: name the first day you mined")
    if section.node_url:
        return _of_node(section, context)
    if section.asset not in SERVERS:
        raise ConfigError(
            f"{section.name}: no server tells the difficulty of {section.asset}: name a node of your own as "
            "`node_url`, with `user` and `password_file`, or import it with the map generic-difficulty"
        )
    client = context.client(
        section.name, allow_private=section.allow_private, deadline_seconds=section.deadline_seconds
    )
    return Difficulties(section=section, client=client, evidence=context.evidence)


def _of_node(section: DifficultySection, context: BuildContext) -> NodeDifficulties:
    from lotwork.ingest.bitcoin.node_difficulty import STEPS, NodeDifficulties  # noqa: PLC0415 - only where one is asked
    from lotwork.ingest.bitcoin.rpc import Node, RpcNode  # noqa: PLC0415 - only where a node is asked

    password = context.reveal(section.password, section.password_file) or ""

    def connect() -> Node:
        deadline = Deadline(context.clock, section.deadline_seconds)
        return RpcNode(section.node_url, section.user, password, deadline=deadline)

    return NodeDifficulties(
        name=section.name,
        book=section.book,
        asset=section.asset,
        rules=RULES[CHAINS[section.asset]],
        start=datetime.combine(section.start, time(), tzinfo=UTC),
        step=STEPS[section.asset],
        connect=connect,
        evidence=context.evidence,
        clock=context.clock,
    )


def _word(section: DifficultySection) -> Word:
    if section.node_url:
        return Word(is_proven=True, says="each is read from a header whose work is checked")
    return Word(
        is_proven=False,
        says="on the server's word",
        remedy="name a node of your own as `node_url`",
    )


START_YEAR = 2009
SOURCE = DeclaredSource(
    kind="difficulty",
    word=_word,
    label="The difficulty of a chain",
    settings=DifficultySection,
    build=build,
    example="""\
[[sources.difficulty]]        # no income: what `lotwork completeness` holds hashrates against
name = "difficulty-btc"
asset = "BTC"                 # or "LTC"; "DOGE" with a node alone
start = 2026-01-01
# base_url = "http://127.0.0.1:8999"        # a mempool of your own, with allow_private = true
# node_url = "http://127.0.0.1:22555"       # or your own node, with user and password_file as of a bitcoin_node
""",
    units="none: it tells no amount",
    times="seconds since 1970 in UTC: when the first block of an epoch was found",
    docs="""\
Every adjustment since the epoch of `start`, as a `difficulty` event with its height. BTC is asked of mempool.space,
LTC of litecoinspace.org, or of your own server; neither learns an address. A node of your own (`node_url`) tells it of
BTC, LTC and DOGE, from headers whose work is checked: of Dogecoin, where each block has another, twice a day. It is in
no figure: with the hashrates that pools or you tell, it says [what should have come](completeness.md).
""",
    cannot_see="""\
of a server, chains whose difficulty changes with each block, such as Dogecoin's: ask a node of your own, or tell it by
the day, as a file or an event; and the fees of blocks.
""",
)
