"""AntPool: signed questions, days credited by the scheme in force, and payouts; by a clock that it does not name."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, Sign, hmac_hex, milliseconds
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.fields import AnswerRefusedError, Fields, named_short
from lotwork.ingest.pools.owed import check_code, owed_listing, owed_of
from lotwork.ingest.pools.settings import OwingSection, decimals_of, key_of
from lotwork.ingest.pools.told import PAGE_ROWS, Answered, Listing, Reader, RowKind, Span, Told, Work
from lotwork.ingest.sections import Secret, SecretFile, one_of
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.events import Scheme
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

SCHEMES = ("pps", "pplns", "solo", "ppapps", "ppapplns", "fppsBlock", "fppsFee")
BY_ONE: dict[str, Scheme] = {"pps": "pps", "pplns": "pplns", "solo": "solo", "fpps": "fpps"}
"""What a day was paid by that one scheme alone paid; of the pool's own mixtures nothing is said."""
CODES = (0, "0", "000000")


EARLIER = timedelta(hours=8)
"""How far the clock of the pool's country is ahead of UTC: by that, its times may be told."""


class AntPoolSection(OwingSection, frozen=True, kw_only=True):
    """`[[sources.antpool]]`: what one account at AntPool was credited and paid of one coin."""

    base_url: str = "https://antpool.com"
    account: str
    """The user's id, which the signature covers."""
    coin: str = "BTC"
    zone: str = ""
    """By which clock it tells its times, which it does not say; left out, they are read as UTC, and asked about."""
    api_secret: Secret | None = None
    api_secret_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("api_secret", self.api_secret, self.api_secret_file, needed=True)
        if self.zone:
            zone_named(self.zone)


def signed_by(user: str, key: str, secret: str) -> Sign:
    """Return what signs a form: HMAC-SHA256 over user, key and nonce, in upper hex digits."""

    def sign(question: Question, at: datetime) -> Question:
        nonce = str(milliseconds(at))
        signature = hmac_hex(secret, f"{user}{key}{nonce}".encode()).upper()
        return question.with_form({"key": key, "nonce": nonce, "signature": signature})

    return sign


def reader_of(section: AntPoolSection) -> Reader:
    """Return the two lists of the account."""
    decimals = decimals_of(section.coin, section.name)
    zone = zone_named(section.zone) if section.zone else None

    def listing(name: str, kind: RowKind, of_type: str) -> Listing:
        def ask(_span: Span, page: str) -> Question:
            which = {"coin": section.coin, "type": of_type, "userId": section.account}
            form = {**which, "pageEnable": "1", "page": page, "pageSize": str(PAGE_ROWS)}
            return Question(url=f"{section.base_url}/api/paymentHistoryV2.htm", form=form)

        read = partial(_read, kind=kind, coin=section.coin, decimals=decimals, zone=zone)
        return Listing(name=name, kind=kind, ask=ask, read=read, dated=False, overlap=timedelta(days=14), alike=True)

    of = {"coin": section.coin, "userId": section.account}
    account = Question(url=f"{section.base_url}/api/account.htm", form=of)
    owed = owed_listing(section.observe, account, partial(_read_owed, coin=section.coin, decimals=decimals))
    lists = (listing("credits", "credit", "recv"), listing("payouts", "payout", "payout"), *owed)
    return Reader(
        pool="antpool",
        account=section.account,
        listings=lists,
        decimals={section.coin: decimals},
        observe=section.observe,
        reads_as=section.zone,
    )


def _read(value: JsonValue, page: str, *, kind: RowKind, coin: str, decimals: int, zone: ZoneInfo | None) -> Answered:
    whole = Fields(value, "the answer")
    code = whole.value("code")
    if isinstance(code, bool) or code not in CODES:
        raise AnswerRefusedError(f"it says {str(whole.value('message'))[:200]!r} (code {str(code)[:20]})")
    whole.has("message")
    data = whole.fields("data", {"page", "pageSize", "totalRecord"})
    pages = data.pages("totalPage")
    read = _payout if kind == "payout" else _credit
    rows = tuple(read(Fields(item, "a row"), coin, decimals, zone) for item in data.rows("rows"))
    following = str(int(page) + 1) if int(page) < pages else None
    return Answered(rows=rows, next=following, unknown=whole.unknown | data.unknown)


def _read_owed(value: JsonValue, *, coin: str, decimals: int) -> Answered:
    """Return what the account holds at the pool."""
    check_code(value, "message", CODES)
    return owed_of(value, ("data",), ("balance",), coin, decimals)


def _credit(row: Fields, coin: str, decimals: int, zone: ZoneInfo | None) -> Told:
    row.has("hashrate")
    parts = {name: row.coins(f"{name}Amount", coin, decimals, form="text", fine=True) for name in SCHEMES}
    at, key, earlier = _instant(row, zone)
    schemes = [name for name, amount in parts.items() if amount]
    rate = row.rate("hashrate_unit")
    paid_by = {name.removesuffix("Block").removesuffix("Fee") for name in schemes}
    scheme = BY_ONE.get(min(paid_by)) if len(paid_by) == 1 else None
    work = None if rate is None else Work(at - ONE_DAY, at, rate, scheme)
    told = Told(key, at, coin, sum(parts.values()), "credit", work=work, unknown=row.unknown, earlier=earlier)
    return told._replace(note=f"by {', '.join(schemes)}" if schemes else None)


def _payout(row: Fields, coin: str, decimals: int, zone: ZoneInfo | None) -> Told:
    apart = named_short(row.text("walletAddress")) if row.has("walletAddress") else ""
    at, waited, earlier = _instant(row, zone)
    amount, txid = row.coins("amount", coin, decimals, form="text"), row.txid("txId", needed=False)
    told = Told(txid or waited, at, coin, amount, "payout", txid=txid, unknown=row.unknown, earlier=earlier)
    return told._replace(apart=apart, waited=waited, state="done" if txid else "waiting")


def _instant(row: Fields, zone: ZoneInfo | None) -> tuple[datetime, str, timedelta]:
    """Return when a row was, what that is called whatever the *zone*, and how much earlier it may have been."""
    told = row.iso("timestamp")
    key, is_known = f"{told:%Y-%m-%dT%H:%M:%S}", row.names_zone("timestamp")
    if is_known or zone is None:
        return told, key, timedelta() if is_known else EARLIER
    return row.iso("timestamp", zone), key, timedelta()


def build(section: AntPoolSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    key, secret = key_of(section, context), context.reveal(section.api_secret, section.api_secret_file)
    if not secret:
        raise ConfigError(f"{section.name}: api_secret: it is empty: put the secret beside the key there")
    return pool_of(section, context, reader_of(section), sign=signed_by(section.account, key, secret))


SOURCE = DeclaredSource(
    kind="antpool",
    word=lambda _section: Word(
        is_proven=False, says="on the pool's word", remedy="watch its payout address at a node of your own"
    ),
    label="The pool AntPool",
    settings=AntPoolSection,
    build=build,
    example="""\
[[sources.antpool]]           # AntPool
name = "antpool"
account = "miner"             # the user's id
wallet = "cold"
start = 2026-01-01
key_file = "antpool.key"
api_secret_file = "antpool.secret"
# zone = "UTC"                # the clock of its times, once you know it: see below
# observe = ["credits", "hashrate", "balance"]   # for `lotwork completeness`
""",
    units="whole coins as text, net of the pool's fee",
    times="times without a zone, read as UTC unless `zone` says otherwise: when it was credited, when it was paid",
    docs="""\
Each row of what was received is a credit, the sum of its schemes (PPS, PPLNS, SOLO, PPAPPS, PPAPPLNS, FPPS, which the
note names); each payout with a transaction is a payout: receipts and transfers by the policy of your profile, out of
the wallet `antpool`.

No public source says by which clock AntPool tells its times. Read as UTC, one that is told by the clock of China is
eight hours late: it has the price of another hour, and within eight hours after your year begins it may be the former
year's. Such a row is in suspense: compare a payout with its transaction on the chain, whose block has a time, and say
`zone = "UTC"` or `zone = "Asia/Shanghai"`; all is then read once more, and what differs corrected by event.
""",
    cannot_see="the gross and the pool's fee; the zone of its times, which it does not say.",
)
