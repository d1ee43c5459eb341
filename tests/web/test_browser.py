"""The pages in a real browser: wide and narrow, light and dark, on paper, and by keyboard alone."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from lotwork.web.pages import NAV
from tests.chromium import BrowserError, Page, browser, chromium_path, save
from tests.projections.house import told
from tests.web.conftest import record, record_events
from tests.web.serving import serving
from tests.web.shots import FOLDER, SHOT_WIDTH, SHOTS, kept_words, shoot, words_of
from tests.web.views.test_abroad import profile, rate
from tests.web.views.test_costs import PROFILE, left, rig
from tests.web.views.test_filed import RECEIPT
from tests.web.views.test_sales import FUND, GIVEN, INHERITED, bought, sold

pytestmark = pytest.mark.browser

PATHS = [path for path, _ in NAV]
DEEPER = (
    "/sell?quantity=0.1&wallet=cold&price=150000", "/line/Schedule%20SE/12?", "/event/demo:movement:2026-11-14?",
    "/find?q=ocean", "/lots?page=all", "/overview?", "/login?", "/income?incognito=1&as_of=2026-03-01",
)  # fmt: skip
"""Pages that others lead to, some of them an answer to what cannot be."""
WIDTHS = (1280, 390)
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
LARGEST = """(() => {
  const sizes = [...document.querySelectorAll("main *")].filter(each => each.textContent.trim())
    .map(each => [parseFloat(getComputedStyle(each).fontSize), each]);
  const most = Math.max(...sizes.map(each => each[0]));
  return [...new Set(sizes.filter(each => each[0] === most).map(each => each[1].textContent.trim()))].join("|");
})()"""
CUT_OFF = """[...document.querySelectorAll("main td, main th, main dd, main p, main h1, main h2")]
  .filter(each => each.offsetWidth && !each.closest(".unseen") && !each.classList.contains("unseen"))
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1).map(each => each.textContent.trim())"""
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture(scope="module")
def address(demo_home: Path) -> Iterator[str]:
    """Serve the demo on a free port of the loopback."""
    yield from serving(demo_home)


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory, filed_home: Path) -> Path:
    """Make a home of all that is unusual: gifts, a wash sale, rigs that left, a filed year that moved, Germany."""
    home = tmp_path_factory.mktemp("told") / "home"
    shutil.copytree(filed_home, home)
    gone = [sold(how, "2026-06-01", "500", asset="BTC", disposition=how) for how in ("gift", "donated", "stolen")]
    kept = [bought(f"k {each['id']}", "2026-01-02", "300", "BTC") for each in gone]
    wash = [bought("b1", "2026-02-01", "1000"), sold("s1", "2026-05-01", "600"), bought("b2", "2026-05-10", "650")]
    rigs = [rig(f"rig {how}") for how in ("sold", "abandoned", "casualty")]
    out = [left(f"rig {how}", how, "0" if how == "abandoned" else "9000") for how in ("sold", "abandoned", "casualty")]
    record_events(home, told(PROFILE, FUND, GIVEN, INHERITED, RECEIPT, *kept, *gone, *wash, *rigs, *out))
    record(home, profile("de"), RECEIPT, rate("EUR"), book="berlin")
    return home


@pytest.fixture(scope="module")
def told_address(told_home: Path) -> Iterator[str]:
    yield from serving(told_home)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with browser() as page:
        yield page


@pytest.fixture
def page(chromium: Page) -> Iterator[Page]:
    """Lend the browser with nothing to complain about yet, and see that it has nothing after."""
    chromium.complaints.clear()
    yield chromium
    assert chromium.complaints == []


def measures(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_its_window_in_both_themes_and_breaks_no_rule_of_the_policy(
    page: Page, address: str, tmp_path: Path, path: str, width: int
) -> None:
    pictures = []
    for theme in ("light", "dark"):
        page.dress(width=width, theme=theme)
        page.open(f"{address}{path}?book=demo")
        assert page.evaluate(OVERFLOW) is False
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate("document.fonts.check('16px Plex')") is True
        assert page.axe() == []
        pictures.append(page.screenshot())
        save(pictures[-1], f"{path.strip('/') or 'overview'}-{width}-{theme}", tmp_path)
    assert measures(pictures[0]) == measures(pictures[1])
    assert measures(pictures[0])[0] == width
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("width", [*WIDTHS, 320])
@pytest.mark.parametrize("book", ["main", "berlin", "demo&year=2025"])
def test_what_is_unusual_fits_too(page: Page, told_address: str, book: str, width: int) -> None:
    for theme, path in product(("light", "dark"), PATHS):
        page.dress(width=width, theme=theme)
        page.open(f"{told_address}{path}?book={book}")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert page.evaluate(CUT_OFF) == [], path


def test_axe_finds_nothing_on_the_pages_that_others_lead_to(page: Page, address: str) -> None:
    for path in DEEPER:
        page.open(f"{address}{path}&book=demo")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        for width, theme in product(WIDTHS, ("light", "dark")):
            page.dress(width=width, theme=theme)
            assert page.evaluate(OVERFLOW) is False, path
            assert page.axe() == [], path
    page.complaints[:] = [each for each in page.complaints if "404" not in each]


def test_axe_sees_what_cannot_be_read(page: Page, address: str) -> None:
    page.dress(width=1280)
    page.open(f"{address}/problems?book=demo")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    page.evaluate("document.querySelector('select').closest('label').replaceWith(document.querySelector('select'))")
    assert {each.partition(":")[0] for each in page.axe()} == {"color-contrast", "select-name"}


def test_a_form_opens_and_a_line_shows_its_law_without_a_script(page: Page, told_address: str) -> None:
    page.dress(width=1280)
    page.open(f"{told_address}/tax?book=demo&year=2025")
    form = "[...document.querySelectorAll('.form')].find(each => each.textContent.includes('Schedule SE'))"
    assert page.evaluate(f"{form}.open") is False
    page.evaluate(f"{form}.querySelector('summary').click()")
    assert page.evaluate(f"{form}.open") is True
    page.evaluate(f"{form}.querySelector('.lines details summary').click()")
    assert "26 U.S.C. 1402" in page.evaluate(f"{form}.querySelector('.lines details').innerText")


def test_nothing_is_cut_off_in_the_narrowest_window_that_counts(page: Page, address: str) -> None:
    """WCAG 2.2, 1.4.10: 320 px, which is also a window of 1280 px at four times its size."""
    page.dress(width=320)
    for path in (*(f"{path}?book=demo" for path in PATHS), "/?book=main"):
        page.open(f"{address}{path}")
        assert page.evaluate(OVERFLOW) is False, path
        assert page.evaluate(CUT_OFF) == [], path


@pytest.mark.parametrize("width", WIDTHS)
def test_the_number_to_pay_is_the_largest_thing_on_the_first_page(page: Page, address: str, width: int) -> None:
    page.dress(width=width)
    page.open(f"{address}/?book=demo")
    assert page.evaluate(LARGEST) == "$1,207.00"
    assert page.evaluate("document.querySelector('.amount').getBoundingClientRect().bottom < 700") is True


def test_a_dark_page_is_dark_and_a_light_one_light(page: Page, address: str) -> None:
    seen = {}
    for theme in ("light", "dark"):
        page.dress(width=1280, theme=theme)
        page.open(f"{address}/?book=demo")
        red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
        seen[theme] = int(red)
    assert seen["light"] > 230
    assert seen["dark"] < 40


def test_the_keyboard_reaches_the_figures_first_and_shows_where_it_is(page: Page, address: str) -> None:
    page.dress(width=1280)
    page.open(f"{address}/income?book=demo")
    page.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the figures"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0") is True
    page.press("Tab")
    assert page.evaluate(FOCUSED) == "Lotwork"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_book_and_the_year_are_changed_without_a_script(page: Page, address: str) -> None:
    page.dress(width=1280)
    page.open(f"{address}/income?book=demo")
    page.evaluate("document.querySelector('select[name=year]').value = '2025'")
    page.submit("form.switch")
    assert page.evaluate("location.pathname + location.search") == "/income?book=demo&year=2025"
    assert page.evaluate("document.querySelector('h1').textContent") == "Income 2025"


def test_a_bar_is_as_high_as_its_amount(page: Page, address: str) -> None:
    page.dress(width=1280)
    page.open(f"{address}/?book=demo")
    heights: list[Any] = page.evaluate(
        "[...document.querySelectorAll('.chart rect')].map(each => each.getBoundingClientRect().height)"
    )
    says: list[Any] = page.evaluate("[...document.querySelectorAll('.chart g title')].map(each => each.textContent)")
    amounts = [float(text.partition("$")[2].replace(",", "")) for text in says]
    assert len(amounts) == 11
    scales = [height / amount for height, amount in zip(heights, amounts, strict=True)]
    assert max(scales) == pytest.approx(min(scales), rel=0.01)


def test_on_paper_the_frame_is_gone_and_the_figures_stay(page: Page, address: str) -> None:
    page.dress(width=800, media="print")
    page.open(f"{address}/quarterly?book=demo")
    assert page.evaluate("getComputedStyle(document.querySelector('.top nav')).display") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.cards')).display") == "grid"
    assert page.evaluate("getComputedStyle(document.querySelector('.demo')).display") == "block"
    assert page.evaluate(OVERFLOW) is False


@pytest.mark.parametrize("name", SHOTS)
def test_the_pictures_of_the_docs_are_those_of_today(page: Page, address: str, name: str) -> None:
    """Not a pixel is compared: fonts differ from machine to machine. The words in the picture are told within it."""
    made = shoot(page, address, name)
    kept = (FOLDER / f"{name}.png").read_bytes()
    assert measures(kept)[0] == measures(made)[0] == SHOT_WIDTH
    assert kept_words(kept) == kept_words(made) == words_of(page), f"docs/{name}.png is of other words: make pictures"


def test_every_picture_of_the_docs_is_made_so() -> None:
    pages = (FOLDER.parent / "README.md", *FOLDER.glob("*.md"))
    link = re.compile(r"!\[[^\]]+\]\((?:docs/)?([\w-]+)\.png\)")
    shown = {name for file in pages for name in link.findall(file.read_text(encoding="utf-8"))}
    assert shown == set(SHOTS) == {file.stem for file in FOLDER.glob("*.png")}


def test_the_browser_itself_refuses_a_script_on_these_pages(chromium: Page, address: str) -> None:
    """The last wall: were markup ever let through, the policy would still stop it, and we would hear of it."""
    chromium.dress(width=1280)
    chromium.open(f"{address}/?book=demo")
    chromium.complaints.clear()
    chromium.evaluate(
        "(() => { const made = document.createElement('script'); made.textContent = 'window.ran = true';"
        "document.body.append(made); document.body.setAttribute('style', 'color: red'); })()"
    )
    assert chromium.evaluate("window.ran === undefined") is True
    assert any("Content Security Policy" in complaint for complaint in chromium.complaints)
    chromium.complaints.clear()


def test_a_machine_without_a_browser_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BrowserError, match="apt-get install"):
        chromium_path()
