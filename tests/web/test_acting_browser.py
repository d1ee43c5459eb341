"""The acts in a real browser, on a telephone's width: logging in, a bill, what coins were, a payment, and undoing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from lotwork.config import load, write_default
from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.service.web_password import set_password
from lotwork.web.app import create
from lotwork.web.source_adding import OwnSettings
from tests.chromium import Page, browser
from tests.commands.source.conftest import braiins
from tests.ingest.scripted_server import serving as serving_pool
from tests.web.acting import MOVED, PASSWORD
from tests.web.conftest import clock, record
from tests.web.serving import serving
from tests.web.test_browser import CUT_OFF, OVERFLOW
from tests.web.test_source_adding import to
from tests.web.views.made import FACTS, PROFILE, receipt

pytestmark = pytest.mark.browser

LEFT = {**MOVED, "id": "m2", "at": "2026-03-02T12:00:00Z", "quantity": "0.001"}
TEXT = "document.querySelector('main').innerText"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """Open a small book, as the daemon has it."""
    home: Path = tmp_path_factory.mktemp("acts") / "home"
    record(home, PROFILE, FACTS, receipt("r1", "2026-02-01"), MOVED, LEFT)
    set_password(home, PASSWORD)
    with EventStore.open(home, clock=clock()) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(store: EventStore) -> Iterator[str]:
    """Serve the book, which may be recorded in, on a free port of the loopback."""
    home = store.home
    settings = OwnSettings(
        load=lambda: load(home, environ={}), begin=lambda: write_default(home), learn=lambda _: None,
        take_up=lambda: None,
    )  # fmt: skip
    yield from serving(home, create(home, clock=clock(), writer=lambda: store, settings=settings))


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """Lend the browser, logged in by its form."""
    with browser() as lent:
        lent.dress(width=390, theme="dark")
        lent.open(f"{address}/costs")
        follow(lent, "footer a[href*='/login']")
        fill(lent, password=PASSWORD)
        lent.submit("form.act")
        assert lent.evaluate("location.pathname") == "/costs"
        assert lent.complaints == []
        assert "lotwork_session" not in lent.evaluate("document.cookie")  # no script could read it
        lent.complaints.clear()  # that a script asked for cookies at all is told as slow
        yield lent
        assert lent.complaints == []


def follow(page: Page, link: str) -> None:
    """Open the address that the first *link* leads to, as it stands on the page."""
    page.open(page.evaluate(f"document.querySelector({link!r}).href"))


def fill(page: Page, **told: str) -> None:
    for name, value in told.items():
        page.evaluate(f"document.querySelector('form.act [name={name}]:not([type=hidden])').value = {value!r}")


def fits(page: Page) -> None:
    assert page.evaluate(OVERFLOW) is False
    assert page.evaluate(CUT_OFF) == []


def do(page: Page, **told: str) -> None:
    """Fill in the form that is open, look at what it becomes, and record it."""
    fits(page)
    fill(page, **told)
    page.submit("form.act")
    assert "What would be recorded" in page.evaluate(TEXT)
    fits(page)
    page.submit("form.act")
    assert page.evaluate("location.pathname").startswith("/event/page-")
    assert "Recorded." in page.evaluate(TEXT)
    fits(page)


def test_a_bill_is_added_and_undone(page: Page, address: str) -> None:
    page.open(f"{address}/costs")
    follow(page, "a[href*='/act/bill']")
    do(page, amount_usd="120.50", day="2026-04-02", note="April")
    recorded = page.evaluate("location.href")
    follow(page, "a[href*='/act/void']")
    do(page, reason="a slip")
    page.open(recorded)
    assert "It was taken out" in page.evaluate(TEXT)


def test_going_back_after_a_record_books_nothing_twice(page: Page, address: str) -> None:
    page.open(f"{address}/costs")
    follow(page, "a[href*='/act/bill']")
    form = page.evaluate("document.querySelector('[name=nonce]').value")
    do(page, amount_usd="77.50", day="2026-04-02", note="back")
    recorded = page.evaluate("location.href")
    page.back()
    assert "ERR_CACHE_MISS" in page.evaluate("document.body.innerText")  # what was previewed is kept by no browser
    page.back()
    assert page.evaluate("document.querySelector('[name=nonce]').value") == form  # a form is restored as it was
    assert page.evaluate("document.querySelector('[name=amount_usd]').value") == "77.50"
    page.submit("form.act")
    assert page.evaluate("location.href") == recorded
    page.back()
    fill(page, amount_usd="78.50")
    page.submit("form.act")
    assert "This form was recorded already, and that stays." in page.evaluate(TEXT)
    fits(page)
    page.open(f"{address}/find?q=back&kind=expense")
    assert "1 event" in page.evaluate(TEXT)
    page.complaints[:] = [each for each in page.complaints if "ERR_CACHE_MISS" not in each]


def test_coins_that_left_are_said_to_be_a_transfer_from_the_page_of_problems(page: Page, address: str) -> None:
    page.open(f"{address}/problems")
    follow(page, "a[href*='/act/movement']")
    do(page, what="transfer", to_wallet="cold", reason="my own")
    page.open(f"{address}/event/m1")
    assert "to wallet" in page.evaluate(TEXT).lower()


def test_a_problem_is_answered_by_the_command_that_it_names(page: Page, address: str) -> None:
    page.open(f"{address}/problems")
    follow(page, "a[href*='/act/answer'][href*='event=m2']")
    fits(page)
    page.evaluate("document.querySelectorAll('form.act input[type=text]').forEach(each => { each.value = 'cold' })")
    do(page)
    assert "corrects" in page.evaluate(TEXT)


def test_a_stale_preview_is_shown_anew_and_recorded_only_when_it_is_confirmed_again(
    page: Page, address: str, store: EventStore
) -> None:
    page.open(f"{address}/act/bill")
    fill(page, amount_usd="12.00", day="2026-04-03", note="stale")
    page.submit("form.act")
    before = store.head("main").position
    record_in(store, "meanwhile")
    page.submit("form.act")
    assert "The ledger has moved on since this was shown." in page.evaluate(TEXT)
    assert store.head("main").position == before + 1
    fits(page)
    page.submit("form.act")
    assert page.evaluate("location.pathname").startswith("/event/page-")
    assert store.head("main").position == before + 2
    page.complaints[:] = [each for each in page.complaints if "409" not in each]


def record_in(store: EventStore, name: str) -> None:
    """Record a receipt beside the page, as another tab or the daemon does."""
    store.append(Batch(book="main", events=[parse_event(receipt(name, "2026-05-01"), AssetTable(), "test")]))


def test_a_form_of_another_site_records_nothing(page: Page, address: str, store: EventStore) -> None:
    before = store.head("main").position
    told = "".join(f'<input name="{name}" value="x">' for name in ("csrf", "nonce", "amount_usd", "step"))
    form = f'<form class="act" method="post" action="{address}/act/bill">{told}<button>Go</button></form>'
    page.open(f"data:text/html,{quote(form)}")
    page.submit("form.act")
    assert "Another site may not" in page.evaluate("document.body.innerText")
    assert store.head("main").position == before
    page.open(f"{address}/costs")
    page.complaints.clear()  # of the other site's page, and of the answer to it, which has no icon


def test_a_payment_is_marked_and_a_rig_added(page: Page, address: str) -> None:
    page.open(f"{address}/quarterly")
    follow(page, "a[href*='/act/paid']")
    do(page, amount_usd="250", day="2026-11-20")
    page.open(f"{address}/costs")
    follow(page, "a[href*='/act/rig']")
    do(page, equipment="S21", cost_usd="3000", acquired="2026-02-01", placed_in_service="2026-02-03")


DROP = """(() => {
  const dropped = new DataTransfer();
  const bill = `at,category,amount_usd,note\\n2026-05-02T12:00:00Z,electricity,99.00,May`;
  dropped.items.add(new File([bill], 'bills.csv'));
  document.querySelector('[type=file]').files = dropped.files;
})()"""


def test_a_file_is_dropped_looked_at_and_recorded(page: Page, address: str) -> None:
    page.open(f"{address}/costs")
    follow(page, "a[href*='/act/import']")
    fits(page)
    fill(page, map="generic-expenses")
    page.evaluate(DROP)
    page.submit("form.act")
    assert "bills.csv:2" in page.evaluate(TEXT)
    fits(page)
    page.submit("form.act")
    assert "Recorded. 1 event." in " ".join(page.evaluate(TEXT).split())
    fits(page)
    follow(page, "a[href*='/act/takeout']")
    do(page, reason="the wrong file")


def test_what_is_wrong_is_told_in_the_form_and_nothing_is_lost(page: Page, address: str) -> None:
    page.open(f"{address}/act/bill")
    fill(page, amount_usd="12,50", note="kept")
    page.submit("form.act")
    assert "Nothing was recorded" in page.evaluate(TEXT)
    assert page.evaluate("document.querySelector('[name=note]').value") == "kept"
    fits(page)
    page.complaints[:] = [each for each in page.complaints if "422" not in each]


def test_lots_of_ones_own_are_reckoned_for_a_day_to_come_and_recorded(page: Page, address: str) -> None:
    page.open(f"{address}/sell?wallet=cellar")
    page.evaluate("document.querySelector('form.act [name=quantity]').value = '0.002'")
    page.evaluate("document.querySelector('form.act [name=price]').value = '90000'")
    page.evaluate("document.querySelector('form.act [name=on]').value = '2027-03-01'")
    page.evaluate("document.querySelector('form.act [name=wallet]').value = 'cellar'")
    page.evaluate("document.querySelector('form.act [name=\"lot:r1\"]').value = '0.002'")
    page.submit("form.act")
    assert "chosen" in page.evaluate(TEXT).lower()
    fits(page)
    follow(page, "a[href*='lot%3Ar1=0.002']")
    do(page)


def test_a_source_is_tested_saved_and_named(page: Page, address: str) -> None:
    with serving_pool() as pool, pytest.MonkeyPatch.context() as patched:
        pool.answer = braiins
        patched.setattr(Pace, "wait", lambda *_: None)
        patched.setattr("lotwork.web.source_adding.put", to(pool.url))
        page.open(f"{address}/costs")
        follow(page, "a[href*='/act/source']")
        fits(page)
        follow(page, "a[href*='/act/source/braiins']")
        fits(page)
        page.evaluate("document.querySelector('[name=\"key:start\"]').value = '2026-03-01'")
        page.evaluate("document.querySelector('[name=\"key:wallet\"]').value = 'cold'")
        page.evaluate("document.querySelector('[name=\"secret:key\"]').value = 'kzEnT0k3nOfTheMiner'")
        page.submit("form.act")
        assert "It answered" in page.evaluate(TEXT)
        assert "kzEnT0k3nOfTheMiner" not in page.evaluate("document.documentElement.outerHTML")
        fits(page)
        assert page.axe() == []
        page.submit("form.act")
        assert page.evaluate("location.pathname") == "/act/source"
        assert "braiins is added" in page.evaluate(TEXT)
        fits(page)


def test_a_return_is_filed_and_what_is_open_is_acknowledged(page: Page, address: str) -> None:
    page.open(f"{address}/tax?year=2025")
    follow(page, "a[href*='/act/file']")
    fits(page)
    assert page.axe() == []
    page.evaluate("document.querySelectorAll('select[name^=\"ack:\"]').forEach(each => { each.value = 'yes' })")
    do(page, filed_on="2026-04-14")


@pytest.mark.parametrize(
    ("path", "theme"),
    [("/act/source", "light"), ("/act/source/esplora", "dark"), ("/act/file?year=2025", "light"),
     ("/sell?lots=r1=0.001", "dark")],
)  # fmt: skip
def test_the_pages_of_acts_have_nothing_that_axe_finds(page: Page, address: str, path: str, theme: str) -> None:
    page.dress(width=390, theme=theme)
    page.open(f"{address}{path}")
    fits(page)
    assert page.axe() == []


def test_a_source_is_reached_by_the_keyboard_alone(page: Page, address: str) -> None:
    page.open(f"{address}/act/source/braiins")
    reached = set()
    for _ in range(40):
        page.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.innerText"))
    assert {"key:name", "key:wallet", "key:start", "secret:key", "Test it"} <= reached


@pytest.mark.parametrize(
    "path", ["/event/r1", "/line/Schedule%20C/1", "/find?q=cellar", "/lots?as_of=2026-02-10", "/?incognito=1"]
)
def test_the_pages_behind_the_figures_fit_a_telephone(page: Page, address: str, path: str) -> None:
    page.open(f"{address}{path}")
    fits(page)


def test_logging_out_takes_the_buttons_away(page: Page, address: str) -> None:
    page.submit("form[action='/logout']")
    page.open(f"{address}/costs")
    assert page.evaluate("document.querySelector('a[href*=\"/act/\"]') === null") is True
    follow(page, "footer a[href*='/login']")
    for says in ("That is not the password.", "That is not the password.", "That is not the password.", "try again in"):
        fill(page, password="a guess")
        page.submit("form.act")
        assert says in page.evaluate(TEXT)
    page.open(f"{address}/act/bill")
    assert "open /login" in page.evaluate(TEXT)
    page.complaints[:] = [each for each in page.complaints if "403" not in each and "429" not in each]
