"""Foundry USA: what each day earned, gross, fee and net; of payouts its API tells nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, by_header, milliseconds
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import BITCOIN, BITCOIN_DECIMALS
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields, list_of
from lotwork.ingest.pools.settings import ObservedSection, key_of
from lotwork.ingest.pools.told import Answered, Listing, Reader, Span, Told, Work

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

ROUNDED = 2
"""Satoshis by which three rounded numbers may miss each other."""
NOT_READ = {"ppsBaseAmount", "txFeeRewardAmount", "fppsRatePercent", "feeRatePercent"}
WRAPPERS = ("data", "result")


class FoundrySection(ObservedSection, frozen=True, kw_only=True):
    """`[[sources.foundry]]`: the daily earnings of one subaccount at Foundry USA."""

    base_url: str = "https://api.foundryusapool.com"
    account: str
    """The subaccount."""
    wallet: str = "cold"


def reader_of(section: FoundrySection) -> Reader:
    """Return the one list of the subaccount."""

    def ask(span: Span, _page: str) -> Question:
        days = {"startDateUnixMs": milliseconds(span.start), "endDateUnixMs": milliseconds(span.end)}
        url = f"{section.base_url}/v2/earnings/{quote(section.account, safe='')}"
        return Question(url=url, params={"coin": BITCOIN, **days})

    listing = Listing(name="earnings", kind="credit", ask=ask, read=_read)
    return Reader(pool="foundry", account=section.account, listings=(listing,), observe=section.observe)


def _read(value: JsonValue, _page: str) -> Answered:
    unknown: frozenset[str] = frozenset()
    if isinstance(value, dict):
        whole = Fields(value, "the answer")
        told = next((key for key in WRAPPERS if key in value), WRAPPERS[0])
        value, unknown = whole.value(told), whole.unknown
    rows = tuple(_day(Fields(item, "a day", NOT_READ)) for item in list_of(value, "the answer"))
    return Answered(rows=rows, unknown=unknown)


def _day(day: Fields) -> Told:
    begins, ends = day.iso("startTime"), day.iso("endTime")
    if not begins < ends:
        raise AnswerRefusedError("a day ends before it begins")
    total = day.coins("totalAmount", BITCOIN, BITCOIN_DECIMALS, form="number", fine=True)
    told = Told(f"{begins:%Y-%m-%dT%H:%M}", ends, BITCOIN, total, "credit")
    fee = next((key for key in ("poolFeeAmount", "feeAmount") if day.has(key)), None)
    if fee and day.has("grossEarnings"):
        kept = day.coins(fee, BITCOIN, BITCOIN_DECIMALS, form="number", fine=True)
        gross = day.coins("grossEarnings", BITCOIN, BITCOIN_DECIMALS, form="number", fine=True)
        if abs(gross - kept - total) > ROUNDED:
            raise AnswerRefusedError("gross less fee is not what was earned")
        told = told._replace(gross=gross, fee=gross - total)
    rate = day.rate("hashrate")
    work = None if rate is None else Work(begins, ends, rate, "fpps")
    return told._replace(work=work, unknown=day.unknown)


def build(section: FoundrySection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    return pool_of(section, context, reader_of(section), sign=by_header("X-API-KEY", key_of(section, context)))


SOURCE = DeclaredSource(
    kind="foundry",
    word=lambda _section: Word(
        is_proven=False, says="on the pool's word", remedy="watch its payout address at a node of your own"
    ),
    label="The pool Foundry USA",
    settings=FoundrySection,
    build=build,
    example="""\
[[sources.foundry]]           # Foundry USA
name = "foundry"
account = "rigs"              # the subaccount
start = 2026-01-01
key_file = "foundry.key"
# observe = ["credits", "hashrate"]   # for `lotwork completeness`
""",
    units="whole bitcoin as numbers: gross, the pool's fee, and net",
    times="RFC 3339 in UTC: a day is credited as it ends",
    docs="""\
Where your profile counts income *on credit*, each day is a receipt into the wallet `foundry`, with gross and fee. Where
it counts *on payout*, the days are no income yet, and what the pool sends to your address is: watch that address, with
`meaning = "pool_payout"` and `pool = "foundry"`. On credit, watch it with `meaning = "transfer"` and `from_wallet =
"foundry"`. The day that is not over is not booked.
""",
    cannot_see="payouts, which its API does not tell: without a watched address, no income *on payout* comes from it.",
)
