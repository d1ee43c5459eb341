"""What other people wrote (pool names, memos, wallets, sources, books) never becomes a part of the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from starlette.testclient import TestClient

from lotwork.ledger import events as e
from lotwork.ledger.errors import plain_lines
from lotwork.web.app import create
from lotwork.web.pages import NAV
from tests.web.conftest import ORIGIN, clock, record_events
from tests.web.markup import read
from tests.web.payloads import PAYLOADS

OURS = (
    "html head meta title link body a p strong header div form label span select option button nav ul li main footer "
    "section h1 h2 h3 dl dt dd pre code table thead tbody tfoot tr th td figure figcaption ol svg g line rect time "
    "progress details summary input"
)
ATTRIBUTES = (
    "lang charset name content rel href type class role method action value selected id tabindex datetime scope "
    "viewbox preserveaspectratio x x1 x2 y y1 y2 width height download max for open "
    "required maxlength min accept enctype autocomplete checked rows spellcheck"
)
FIRST = datetime(2026, 1, 5, 12, tzinfo=UTC)
MOST_PAGES = 40
SOME = 10
SUMMED = (
    "agi taxable_income qbi_deduction income_tax amt se_tax niit additional_medicare total credits_usd payments_usd "
    "balance_due_usd"
)
SUMMARY = dict.fromkeys(SUMMED.split(), "0.00")


def events() -> list[e.Event]:
    return [event for number, payload in enumerate(PAYLOADS) for event in events_of(number, payload)]


def events_of(number: int, payload: str) -> Iterator[e.Event]:
    """Yield one event of every kind that a page may show, with *payload* wherever a person may write."""
    at = FIRST + timedelta(hours=2 * number)
    later = at + timedelta(minutes=30)
    plain: tuple[e.Event, ...] = (
        e.Receipt(id="r", at=at, wallet=payload, asset="BTC", quantity=50_000, income="pool_payout", pool=payload),
        e.PriceSample(id="p", at=at, asset="BTC", price_usd="100000", interval="1m"),
        e.Receipt(id="pending", at=later, wallet=payload, asset="BTC", quantity=7, income="other", pool=payload),
        e.Movement(id="m", at=at, wallet=payload, asset="BTC", quantity=3),
        e.Transfer(id="t", at=at, from_wallet=payload, to_wallet=f"to {payload}", asset="BTC", quantity=900_000_000),
        e.Expense(id="e", at=at, category=payload, amount_usd_micros=1_000_000),
        e.WalletDeclared(id="w", at=at, wallet=payload),
        e.Payment(id="y", at=at, year=2026, amount_usd_micros=1_000_000),
        e.Sale(id="s", at=later, wallet=payload, asset="BTC", quantity=11, proceeds_usd_micros=1_000_000),
        e.Sale(
            id="g",
            at=later,
            wallet=payload,
            asset="BTC",
            quantity=13,
            proceeds_usd_micros=1_000_000,
            disposition="gift",
        ),
        e.Equipment(
            id="q",
            at=at,
            equipment=f"{payload} {number}",
            cost_usd_micros=5_000_000,
            acquired=at.date(),
            placed_in_service=at.date(),
        ),
        e.EquipmentSale(id="z", at=later, equipment=f"{payload} {number}", proceeds_usd_micros=1_000_000),
        e.Filing(id="f", at=at, year=2025, figures={}, law="0" * 64, position=1, head="0" * 64),
    )
    for event in plain:
        yield msgspec.structs.replace(event, id=f"{event.id} {payload} {number}", source=payload, note=payload)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile") / "home"
    record_events(home, events())
    record_events(home, events()[:8], book=PAYLOADS[0])
    return home


@pytest.fixture(scope="module")
def client(hostile: Path) -> Iterator[TestClient]:
    with TestClient(create(hostile, clock=clock()), base_url=ORIGIN) as client:
        yield client


def test_what_was_said_since_a_return_was_filed_is_words_too(tmp_path: Path) -> None:
    bill = e.Expense(id="b", at=FIRST.replace(year=2025), category="rent", amount_usd_micros=9_000_000_000)
    filing = e.Filing(
        id="f", at=FIRST + timedelta(days=99), year=2025, law="0" * 64, position=1, head="0" * 64,
        figures={"status": "single", "activity": "business", "summary": SUMMARY, "lines": []},
    )  # fmt: skip
    record_events(tmp_path, [bill, filing])
    with TestClient(create(tmp_path, clock=clock()), base_url=ORIGIN) as client:
        for number, payload in enumerate(PAYLOADS):
            told = {"amount_usd": str(1_000 + number)}
            at = FIRST + timedelta(days=100, minutes=number)
            record_events(
                tmp_path, [e.Correction(id=f"{payload} {number}", at=at, target="b", set_=told, reason=payload)]
            )
            if number % SOME == 0:
                assert " ".join(plain_lines(payload).split()) in check(client.get("/tax?year=2025").text), payload
                check(client.get("/").text)


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 120


def check(page: str) -> str:
    """Assert that *page* is made of our own elements and attributes alone; return what a person reads."""
    assert "<script" not in page.lower()
    markup = read(page)
    assert markup.tags <= set(OURS.split()), markup.tags - set(OURS.split())
    for tag, attributes in markup.elements:
        names = {name for name in attributes if not name.startswith("aria-")}
        assert names <= set(ATTRIBUTES.split()), (tag, names)
        for name in ("href", "action"):
            if tag != "link" and name in attributes:
                assert attributes[name].startswith(("/", "#")), attributes
                assert not attributes[name].startswith("//"), attributes
    return markup.text


def whole(client: TestClient, path: str) -> str:
    """Return the text of every page of *path*, each checked."""
    texts: list[str] = []
    for number in range(1, MOST_PAGES):
        text = check(client.get(f"{path}?page={number}").text)
        if texts and text == texts[-1]:
            break
        texts.append(text)
    return " ".join(texts)


@pytest.mark.parametrize("path", [path for path, _ in NAV])
def test_hostile_words_are_words_on_every_page(client: TestClient, path: str) -> None:
    check(client.get(path).text)


@pytest.mark.parametrize("path", ["/income", "/lots"])
def test_every_payload_is_shown_as_it_was_written_and_none_takes_effect(client: TestClient, path: str) -> None:
    text = whole(client, path)
    for payload in PAYLOADS:
        assert " ".join(plain_lines(payload).split()) in text, payload


@pytest.mark.parametrize(
    ("path", "key"),
    [("/", "book"), ("/quarterly", "year"), ("/income", "unit"), ("/lots", "wallet"), ("/lots", "term"),
     ("/lots", "page"), ("/problems", "nothing")],
)  # fmt: skip
def test_what_is_asked_for_is_never_repeated_as_markup(client: TestClient, path: str, key: str) -> None:
    for payload in PAYLOADS:
        check(client.get(path, params={"book": PAYLOADS[0], key: payload}).text)


def test_a_path_is_never_repeated_as_markup(client: TestClient) -> None:
    for payload in PAYLOADS:
        check(client.get(f"/{quote(payload)}").text)


def test_a_book_may_have_any_name(client: TestClient) -> None:
    book = PAYLOADS[0]
    for path, _ in NAV:
        answer = client.get(path, params={"book": book})
        assert answer.status_code == 200
        assert book in check(answer.text)


def test_a_command_to_copy_cannot_be_cut_open_by_a_name(client: TestClient) -> None:
    page = read(client.get("/problems", params={"book": PAYLOADS[0]}).text)
    commands = [word for word in page.words if word.startswith("lotwork --book ")]
    assert commands
    assert all(command.startswith(f"lotwork --book '{PAYLOADS[0]}' ") for command in commands)
