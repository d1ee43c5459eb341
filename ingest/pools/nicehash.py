"""NiceHash: hash power sold for bitcoin every few hours, into a wallet that NiceHash keeps for the miner.

The amount is gross, the fee stands beside it. No transaction is told: what leaves NiceHash is another list.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from lotwork.ingest.asking.json_guard import JsonValue
from lotwork.ingest.asking.question import Question, Sign, hmac_hex, milliseconds
from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import BITCOIN, BITCOIN_DECIMALS
from lotwork.ingest.pools.fields import MILLI, AnswerRefusedError, Fields
from lotwork.ingest.pools.owed import owed_listing, owed_of
from lotwork.ingest.pools.settings import KeyedSection, key_of
from lotwork.ingest.pools.told import PAGE_ROWS, Answered, Listing, Reader, Span, Told
from lotwork.ingest.sections import Secret, SecretFile, one_of
from lotwork.ledger.errors import ConfigError

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

PATH = "/main/api/v2/mining/rigs/payouts"


class NiceHashSection(KeyedSection, frozen=True, kw_only=True):
    """`[[sources.nicehash]]`: what one organization's rigs were paid at NiceHash."""

    base_url: str = "https://api2.nicehash.com"
    account: str
    """The organization's id, which the signature covers."""
    wallet: str = "nicehash"
    observe: tuple[Literal["balance"], ...] = ()
    """What is recorded beside income, for `lotwork completeness`: what is not paid into the wallet yet."""
    api_secret: Secret | None = None
    api_secret_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("api_secret", self.api_secret, self.api_secret_file, needed=True)


def signed_by(organization: str, key: str, secret: str) -> Sign:
    """Return what signs a question: HMAC-SHA256 over its parts, with a null between them."""

    def sign(question: Question, at: datetime) -> Question:
        stamp = str(milliseconds(at))
        nonce = hashlib.sha256(f"{stamp}{question.query}".encode()).hexdigest()[:36]
        parts = (key, stamp, nonce, "", organization, "", question.method, question.path, question.query)
        signature = hmac_hex(secret, "\x00".join(parts).encode())
        who = {"X-Organization-Id": organization, "X-Request-Id": nonce, "X-Auth": f"{key}:{signature}"}
        return question.with_headers({"X-Time": stamp, "X-Nonce": nonce, **who})

    return sign


def reader_of(section: NiceHashSection) -> Reader:
    """Return the one list of the organization."""

    def ask(_span: Span, page: str) -> Question:
        return Question(url=f"{section.base_url}{PATH}", params={"size": PAGE_ROWS, "page": int(page) - 1})

    listing = Listing(name="payouts", kind="payout", ask=ask, read=_read, dated=False)
    rigs = Question(url=f"{section.base_url}/main/api/v2/mining/rigs2")
    owed = owed_listing(section.observe, rigs, _read_owed)
    return Reader(pool="nicehash", account=section.account, listings=(listing, *owed), observe=section.observe)


def _read_owed(value: JsonValue) -> Answered:
    """Return what was mined and is not paid into the wallet yet."""
    return owed_of(value, (), ("unpaidAmount",), BITCOIN, BITCOIN_DECIMALS)


def _read(value: JsonValue, page: str) -> Answered:
    whole = Fields(value, "the answer")
    rows = tuple(_row(Fields(item, "a payout", {"metadata", "accountType"})) for item in whole.rows("list"))
    paging = whole.fields("pagination", {"size", "page"})
    following = str(int(page) + 1) if int(page) < paging.pages("totalPageCount") else None
    return Answered(rows=rows, next=following, unknown=whole.unknown | paging.unknown)


def _row(row: Fields) -> Told:
    row.fields("currency", {"description"}).word("enumName", {BITCOIN: BITCOIN})
    gross = row.coins("amount", BITCOIN, BITCOIN_DECIMALS, form="text")
    fee = row.coins("feeAmount", BITCOIN, BITCOIN_DECIMALS, form="text")
    if fee >= gross:
        raise AnswerRefusedError("the fee of a payout is all of it")
    told = Told(row.identity("id"), row.seconds("created", each=MILLI), BITCOIN, gross - fee, "payout")
    return told._replace(gross=gross, fee=fee, unknown=row.unknown)


def build(section: NiceHashSection, context: BuildContext) -> Pool:
    """Return the pool that *section* describes."""
    key, secret = key_of(section, context), context.reveal(section.api_secret, section.api_secret_file)
    if not secret:
        raise ConfigError(f"{section.name}: api_secret: it is empty: put the secret beside the key there")
    return pool_of(section, context, reader_of(section), sign=signed_by(section.account, key, secret))


SOURCE = DeclaredSource(
    kind="nicehash",
    label="NiceHash",
    settings=NiceHashSection,
    build=build,
    example="""\
[[sources.nicehash]]          # NiceHash
name = "nicehash"
account = "00000000-0000-0000-0000-000000000000"    # the organization's id
start = 2026-01-01
key_file = "nicehash.key"     # a key that may only view mining data
api_secret_file = "nicehash.secret"
# observe = ["balance"]       # what is not paid yet, for `lotwork completeness`
""",
    units="whole bitcoin as text: gross, and the fee",
    times="milliseconds since 1970 in UTC: when it was paid into the wallet at NiceHash",
    docs="""\
Each payout to the wallet at NiceHash is a receipt with gross and fee, whatever your profile's policy: the coins can
be sold and withdrawn there, so they are received. Read the account by this or by its report, not by both: the two have
no id in common, and what both tell is asked about (`likely_twins`).
""",
    cannot_see="""\
withdrawals, exchange trades and deposits: import the account's report for those, or watch the wallet they go to. That
the amount is gross is how its own report reads; the API does not say.
""",
)
