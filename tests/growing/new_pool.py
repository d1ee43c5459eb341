"""MILLPOND, a made-up pool, and the template of a real one: copy it to ingest/pools/NAME.py (docs/growing.md).

It pays once a day, lists every payout it ever made to an account, and never takes one back. What it once told and
tells otherwise today is refused until a person has voided the event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import msgspec

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.pools.bounds import ALL_BITCOIN_SATS, GENESIS
from lotwork.ingest.ports import AHEAD, NOTHING, EvidenceKeeper, Page
from lotwork.ingest.sections import Name, Seconds, Section, check_url
from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.batch import MAIN_BOOK

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.context import BuildContext

POOL = "millpond"
ITEM = "payouts"


class MillpondSection(Section, frozen=True, kw_only=True):
    """`[[sources.millpond]]`: the payouts of one account at the pool MILLPOND."""

    name: Name
    account: Name
    wallet: str
    book: Name = MAIN_BOOK
    base_url: str = "https://api.millpond.example/v1"
    allow_private: bool = False
    every_seconds: Seconds = 900
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        check_url(self.base_url, "base_url")


class Payout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One payout, as the pool tells it."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}$")]
    paid_at: Annotated[int, msgspec.Meta(ge=GENESIS)]
    amount_sats: Annotated[int, msgspec.Meta(ge=1, le=ALL_BITCOIN_SATS)]
    txid: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the pool tells of an account."""

    payouts: tuple[Payout, ...]


@dataclass(frozen=True, kw_only=True)
class Millpond:
    """The payouts of one account, as a receipt source; its cursor holds what was recorded, satoshis by payout."""

    section: MillpondSection
    client: BoundedClient
    evidence: EvidenceKeeper
    is_void: Callable[[str], bool]

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    def fetch_since(self, cursor: str | None) -> Page:
        """Return a receipt for each payout that *cursor* does not hold yet."""
        before = self._read(cursor)
        account = quote(self.section.account, safe="")
        answer = self.client.get_json(f"{self.section.base_url}/accounts/{account}/payouts", item=ITEM)
        try:
            told = msgspec.convert(answer.value, Answer).payouts
            after = before | self._checked(told, before)
        except ValueError as refused:
            raise self.client.refusal(ITEM, str(refused), NOTHING, answer.body) from None
        new = sorted((one for one in told if before.get(one.id) != one.amount_sats), key=lambda one: one.paid_at)
        evidence = self.evidence.keep(answer.body) if new else ""
        events = tuple(self._receipt(one, evidence, is_revised=one.id in before) for one in new)
        return Page(events=events, cursor=msgspec.json.encode(after, order="sorted").decode())

    def _read(self, cursor: str | None) -> dict[str, int]:
        try:
            return msgspec.json.decode(cursor or "{}", type=dict[str, int])
        except msgspec.MsgspecError:
            raise IntegrityError(
                f"the stored cursor of {self.name} cannot be read: run `lotwork verify`, then restore a backup"
            ) from None

    def _checked(self, told: Sequence[Payout], before: dict[str, int]) -> dict[str, int]:
        """Return the satoshis of each payout; raise ValueError where they cannot be, or are not what was recorded."""
        sats = {one.id: one.amount_sats for one in told}
        if len(sats) != len(told):
            raise ValueError("it lists a payout twice")
        latest = (self.client.clock.now() + AHEAD).timestamp()
        if any(one.paid_at > latest for one in told):
            raise ValueError("it tells of the future")
        for payout, recorded in before.items():
            if sats.get(payout) != recorded and not self.is_void(self._id(payout)):
                raise ValueError(
                    f"{self._id(payout)} was recorded and is no longer told so; if the pool is right, void it "
                    f'(lotwork add void target="{self._id(payout)}" reason="withdrawn by the pool") and ask again'
                )
        return sats

    def _id(self, payout: str) -> str:
        return f"{POOL}:{self.section.account}:{payout}"

    def _receipt(self, payout: Payout, evidence: str, *, is_revised: bool) -> Receipt:
        """Return the income; what stands in for a voided event needs another id than its own."""
        return Receipt(
            id=self._id(payout.id) + (f":{payout.amount_sats}" if is_revised else ""),
            at=datetime.fromtimestamp(payout.paid_at, UTC),
            source=self.name,
            evidence=evidence,
            wallet=self.section.wallet,
            asset="BTC",
            quantity=payout.amount_sats,
            income="pool_payout",
            pool=POOL,
            txid=payout.txid,
        )


def build(section: MillpondSection, context: BuildContext) -> Millpond:
    """Return the pool that *section* describes."""
    client = context.client(
        section.name, allow_private=section.allow_private, deadline_seconds=section.deadline_seconds
    )
    is_void = context.policy(section.book).is_void
    return Millpond(section=section, client=client, evidence=context.evidence, is_void=is_void)


SOURCE = DeclaredSource(
    kind=POOL,
    label="The pool MILLPOND",
    settings=MillpondSection,
    build=build,
    example="""\
[[sources.millpond]]          # the pool MILLPOND
name = "millpond"
account = "miller"
wallet = "cold"
""",
    units="whole satoshis, net of the pool's fee",
    times="seconds since 1970 in UTC: when the payout was sent",
    docs="""\
Every payout of one account, as income on the day it was sent. The transaction's id joins it to the output your node
sees, and it counts once.
""",
    cannot_see="what was credited and is not paid out yet; the pool's fee.",
)
