"""The miner's own Lightning node: what a pool paid over Lightning, which no chain shows and some pools do not list.

The node is the taxpayer's own, and its word is the nearest to proof there is: who was paid holds the preimage. Which of
its incoming payments a pool paid is told by their description; all else in it is nobody's income here.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from lotwork.ingest.asking.question import Question, Sign, by_header
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.pools.account import pool_of
from lotwork.ingest.pools.bounds import BITCOIN, BITCOIN_DECIMALS
from lotwork.ingest.pools.fields import MILLI, Fields, list_of
from lotwork.ingest.pools.settings import KeyedSection, key_of
from lotwork.ingest.pools.told import FIRST_PAGE, PAGE_ROWS, Answered, Listing, Reader, Span, State, Told
from lotwork.ledger.errors import ConfigError

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.pools.frame import Pool

Service: TypeAlias = Literal["phoenixd", "lnd", "cln"]
Came: TypeAlias = tuple[str, datetime | None, Told | None]
"""The description of an invoice, when it was made or paid, and the payment; None where it is not paid."""
MSAT = 1000
_HASH_BASE64 = re.compile(r"[0-9A-Za-z+/_-]{43}=", re.ASCII)
LND_STATES: dict[str, State] = {"SETTLED": "done", "OPEN": "waiting", "ACCEPTED": "waiting", "CANCELED": "failed"}
CLN_STATES: dict[str, State] = {"paid": "done", "unpaid": "waiting", "expired": "failed"}
LND_UNREAD = {
    "r_preimage", "value", "value_msat", "settled", "payment_request", "description_hash", "expiry", "fallback_addr",
    "cltv_expiry", "route_hints", "private", "add_index", "settle_index", "amt_paid", "amt_paid_sat", "htlcs",
    "features", "is_keysend", "payment_addr", "is_amp", "amp_invoice_state", "creation_date", "is_blinded",
    "blinded_path_config",
}  # fmt: skip
CLN_UNREAD = {
    "label", "bolt11", "bolt12", "amount_msat", "expires_at", "pay_index", "payment_preimage", "local_offer_id",
    "invreq_payer_note", "created_index", "updated_index", "paid_outpoint",
}  # fmt: skip
PHOENIX_UNREAD = {
    "type", "subType", "preimage", "externalId", "invoice", "isExpired", "requestedSat", "fees", "expiresAt",
    "createdAt", "payerNote", "payerKey",
}  # fmt: skip


class LightningSection(KeyedSection, frozen=True, kw_only=True):
    """`[[sources.lightning_node]]`: what a pool paid to the miner's own Lightning node."""

    service: Service
    base_url: str
    wallet: str = "lightning"
    pool: str
    """The pool that pays."""
    contains: str
    """What the description of its payments contains: of the invoice, or of the offer that the pool was given."""
    allow_private: bool = True


def reader_of(section: LightningSection) -> Reader:
    """Return the one list of the node: what came in."""
    if not section.contains.strip():
        raise ConfigError(f"{section.name}: contains: it is empty: say what the description of the pool's payments has")

    def ask(span: Span, page: str) -> Question:
        return _question(section, span, page)

    read = partial(READ[section.service], contains=section.contains.casefold())
    is_cut = section.service == "phoenixd"
    listing = Listing(name="incoming", kind="payout", ask=ask, read=read, dated=is_cut, overlap=timedelta(days=30))
    return Reader(pool=section.pool, account=section.name, listings=(listing,))


def _question(section: LightningSection, span: Span, page: str) -> Question:
    base = section.base_url
    if section.service == "phoenixd":
        span_ms = {"from": int(span.start.timestamp()) * MILLI, "to": int(span.end.timestamp()) * MILLI}
        offset = (int(page) - 1) * PAGE_ROWS
        return Question(url=f"{base}/payments/incoming", params={**span_ms, "limit": PAGE_ROWS, "offset": offset})
    if section.service == "lnd":
        since = {} if page == FIRST_PAGE else {"index_offset": page.removeprefix("before-")}
        params: dict[str, str | int] = {"reversed": "true", "num_max_invoices": PAGE_ROWS, **since}
        return Question(url=f"{base}/v1/invoices", params=params)
    return Question(url=f"{base}/v1/listinvoices", json={})


def read_phoenixd(value: JsonValue, page: str, *, contains: str) -> Answered:
    """Return the incoming payments that phoenixd lists; it counts in whole satoshis."""
    rows = [_phoenix(Fields(item, "a payment", PHOENIX_UNREAD)) for item in list_of(value, "the answer")]
    return _of(rows, contains, str(int(page) + 1) if len(rows) >= PAGE_ROWS else None)


def _phoenix(row: Fields) -> Came:
    key, words = row.txid("paymentHash") or "", row.text("description") if row.has("description") else ""
    if not row.flag("isPaid"):
        return words, None, None
    at = row.seconds("completedAt", each=MILLI)
    amount = row.units("receivedSat", BITCOIN, BITCOIN_DECIMALS)
    return words, at, Told(key, at, BITCOIN, amount, "payout", unknown=row.unknown)


def read_lnd(value: JsonValue, page: str, *, contains: str) -> Answered:
    """Return the invoices that LND lists, a page of the newest first, told in thousandths of a satoshi, as text."""
    whole = Fields(value, "the answer", {"last_index_offset"})
    rows = [_lnd(Fields(item, "an invoice", LND_UNREAD)) for item in whole.rows("invoices")]
    first = whole.whole("first_index_offset", text=True)
    more = f"before-{first}" if rows and first > 1 and f"before-{first}" != page else None
    return _of(rows, contains, more, whole.unknown)


def _lnd(row: Fields) -> Came:
    state = row.word("state", LND_STATES)
    words = row.text("memo") if row.has("memo") else ""
    key = row.text("r_hash")
    if _HASH_BASE64.fullmatch(key) is None:
        raise row.refuse("r_hash", "is no hash of a payment")
    if state != "done":
        return words, row.seconds("creation_date", text=True), None
    key = key.translate(str.maketrans("+/", "-_")).rstrip("=")
    paid = _counted(row, key, row.whole("amt_paid_msat", text=True), "settle_date")
    return words, row.seconds("settle_date", text=True), paid


def read_cln(value: JsonValue, _page: str, *, contains: str) -> Answered:
    """Return the invoices that Core Lightning lists, all at once; it counts in thousandths of a satoshi."""
    whole = Fields(value, "the answer")
    rows = [_cln(Fields(item, "an invoice", CLN_UNREAD)) for item in whole.rows("invoices")]
    return _of(rows, contains, None, whole.unknown)


def _cln(row: Fields) -> Came:
    state = row.word("status", CLN_STATES)
    words = row.text("description") if row.has("description") else ""
    key = row.txid("payment_hash") or ""
    if state != "done":
        return words, None, None
    return words, None, _counted(row, key, row.whole("amount_received_msat"), "paid_at")


def _counted(row: Fields, key: str, msat: int, paid_at: str) -> Told | None:
    """Return a payment told in thousandths of a satoshi, cut to whole ones; less than one is none."""
    amount = row.units_of(msat // MSAT, "amount", BITCOIN, BITCOIN_DECIMALS)
    at = row.seconds(paid_at, text=True)
    return Told(key, at, BITCOIN, amount, "payout", unknown=row.unknown) if amount else None


def _of(rows: list[Came], contains: str, following: str | None, unknown: frozenset[str] = frozenset()) -> Answered:
    """Return the rows that the pool paid, by their description; what is not paid is no row of anybody."""
    mine = [told for words, _, told in rows if told is not None and contains in words.casefold()]
    newest = max((at for _, at, _ in rows if at is not None), default=None)
    return Answered(
        rows=tuple(told._replace(note="paid over Lightning") for told in mine),
        next=following,
        unknown=unknown.union(*(told.unknown for _, _, told in rows if told is not None)),
        newest=newest,
    )


READ = {"phoenixd": read_phoenixd, "lnd": read_lnd, "cln": read_cln}


def signed_by(service: Service, key: str) -> Sign:
    """Return what puts the key of the node to a question: a password, a macaroon in hex, or a rune."""
    if service == "phoenixd":
        return by_header("authorization", f"Basic {b64encode(f':{key}'.encode()).decode()}")
    return by_header("grpc-metadata-macaroon" if service == "lnd" else "rune", key)


def build(section: LightningSection, context: BuildContext) -> Pool:
    """Return the node that *section* describes."""
    return pool_of(section, context, reader_of(section), sign=signed_by(section.service, key_of(section, context)))


SOURCE = DeclaredSource(
    kind="lightning_node",
    word=lambda _section: Word(is_proven=False, says="on the word of your own node, which holds the preimages"),
    label="Your own Lightning node",
    settings=LightningSection,
    build=build,
    example="""\
[[sources.lightning_node]]    # phoenixd, lnd or cln (Core Lightning's REST)
name = "phoenix"
service = "phoenixd"
base_url = "http://127.0.0.1:9740"
pool = "ocean"
contains = "ocean"            # what the description of the pool's payments has
start = 2026-01-01
key_file = "phoenix.password" # the limited one; lnd: a macaroon in hex; cln: a rune; either may list invoices alone
""",
    units="whole satoshis (phoenixd), thousandths of one cut to whole (lnd, cln)",
    times="milliseconds (phoenixd) or seconds since 1970 in UTC: when it was paid",
    docs="""\
Each paid invoice whose description contains the words of `contains` is a receipt from `pool` into the wallet
`lightning`, whatever the policy of your profile; every other payment in it is left alone. For a pool that pays to a
BOLT12 offer, make the offer with a description of its own. Where the pool's own list left such payouts out, what was
credited and not paid was asked about: answer that your Lightning wallet tells it.
""",
    cannot_see="""\
payments whose description says nothing, keysend among them; what you sent or spent. A node that vouches for itself (as
lnd does) is asked over http, or behind a name with a certificate.
""",
)
