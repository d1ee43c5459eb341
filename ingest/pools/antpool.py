"""AntPool: signed questions, days credited by the scheme in force, and payouts; times without a zone are UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

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
from lotwork.ledger.units import ONE_DAY

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

SCHEMES = ("pps", "pplns", "solo", "ppapps", "ppapplns", "fppsBlock", "fppsFee")
BY_ONE: dict[str, Scheme] = {"pps": "pps", "pplns": "pplns", "solo": "solo", "fpps": "fpps"}
"""What a day was paid by that one scheme alone paid; of the pool's own mixtures nothing is said."""
CODES = (0, "0", "000000")


class AntPoolSection(OwingSection, frozen=True, kw_only=True):
    """`[[sources.antpool]]`: what one account at AntPool was credited and paid of one coin."""

    base_url: str = "https://antpool.com"
    account: str
    """The user's id, which the signature covers."""
    coin: str = "BTC"
    api_secret: Secret | None = None
    api_secret_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("api_secret", self.api_secret, self.api_secret_file, needed=True)


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

    def listing(name: str, kind: RowKind, of_type: str) -> Listing:
        def ask(_span: Span, page: str) -> Question:
            which = {"coin": section.coin, "type": of_type, "userId": section.account}
            form = {**which, "pageEnable": "1", "page": page, "pageSize": str(PAGE_ROWS)}
            return Question(url=f"{section.base_url}/api/paymentHistoryV2.htm", form=form)

        read = partial(_read, kind=kind, coin=section.coin, decimals=decimals)
        return Listing(name=name, kind=kind, ask=ask, read=read, dated=False, overlap=timedelta(days=14), alike=True)

    of = {"coin": section.coin, "userId": section.account}
    account = Question(url=f"{section.base_url}/api/account.htm", form=of)
    owed = owed_listing(section.observe, account, partial(_read_owed, coin=section.coin, decimals=decimals))
    lists = (listing("credits", "credit", "recv"), listing("payouts", "payout", "payout"), *owed)
    known, seen = {section.coin: decimals}, section.observe
    return Reader(pool="antpool", account=section.account, listings=lists, decimals=known, observe=seen)


def _read(value: JsonValue, page: str, *, kind: RowKind, coin: str, decimals: int) -> Answered:
    whole = Fields(value, "the answer")
    code = whole.value("code")
    if isinstance(code, bool) or code not in CODES:
        raise AnswerRefusedError(f"it says {str(whole.value('message'))[:200]!r} (code {str(code)[:20]})")
    whole.has("message")
    data = whole.fields("data", {"page", "pageSize", "totalRecord"})
    pages = data.pages("totalPage")
    read = _payout if kind == "payout" else _credit
    rows = tuple(read(Fields(item, "a row"), coin, decimals) for item in data.rows("rows"))
    following = str(int(page) + 1) if int(page) < pages else None
    return Answered(rows=rows, next=following, unknown=whole.unknown | data.unknown)


def _read_owed(value: JsonValue, *, coin: str, decimals: int) -> Answered:
    """Return what the account holds at the pool."""
    check_code(value, "message", CODES)
    return owed_of(value, ("data",), ("balance",), coin, decimals)


def _credit(row: Fields, coin: str, decimals: int) -> Told:
    row.has("hashrate")
    parts = {name: row.coins(f"{name}Amount", coin, decimals, form="text", fine=True) for name in SCHEMES}
    at = row.iso("timestamp")
    schemes = [name for name, amount in parts.items() if amount]
    rate = row.rate("hashrate_unit")
    paid_by = {name.removesuffix("Block").removesuffix("Fee") for name in schemes}
    scheme = BY_ONE.get(min(paid_by)) if len(paid_by) == 1 else None
    work = None if rate is None else Work(at - ONE_DAY, at, rate, scheme)
    told = Told(f"{at:%Y-%m-%dT%H:%M:%S}", at, coin, sum(parts.values()), "credit", work=work, unknown=row.unknown)
    return told._replace(note=f"by {', '.join(schemes)}" if schemes else None)


def _payout(row: Fields, coin: str, decimals: int) -> Told:
    apart = named_short(row.text("walletAddress")) if row.has("walletAddress") else ""
    at, amount = row.iso("timestamp"), row.coins("amount", coin, decimals, form="text")
    txid = row.txid("txId", needed=False)
    waited = f"{at:%Y-%m-%dT%H:%M:%S}"
    told = Told(txid or waited, at, coin, amount, "payout", txid=txid, unknown=row.unknown)
    return told._replace(apart=apart, waited=waited, state="done" if txid else "waiting")


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
# observe = ["credits", "hashrate", "balance"]   # for `lotwork completeness`
""",
    units="whole coins as text, net of the pool's fee",
    times="times without a zone, read as UTC: when it was credited, when it was paid",
    docs="""\
Each row of what was received is a credit, the sum of its schemes (PPS, PPLNS, SOLO, PPAPPS, PPAPPLNS, FPPS, which the
note names); each payout with a transaction is a payout: receipts and transfers by the policy of your profile, out of
the wallet `antpool`.
""",
    cannot_see="the gross and the pool's fee; the zone of its times, which it does not say.",
)
