"""One year of one miner comes to the same figures in whichever order it is told, and they are those of the law.

The year is in `story`, what it comes to in `reckoning`, which asks nothing of Lotwork. More years and orders:
`python -m tests.year --seed N --years Y --orders K`, and `make fuzz`, which draws others here.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.ledger.events import Receipt
from lotwork.ledger.store import EventStore
from tests.drawing import stream
from tests.year import exports
from tests.year.comparing import Figures, differences, expected, figures_of, unlike
from tests.year.habits import SOURCES, Habits
from tests.year.living import Miner, commands_of, living
from tests.year.reckoning import reckon
from tests.year.story import LAST, Story
from tests.year.truth import local
from tests.year.webpages import of_braiins

SPARSE = (90, 120, 150)
"""Days between two polls: enough for a year, and few enough for every run of the tests."""
WAYS = ("by api", "in another order", "by export")


@pytest.fixture(scope="module")
def story() -> Story:
    return Story(stream(2026))


@pytest.fixture(scope="module")
def asked() -> dict[str, Counter[str]]:
    return {}


@pytest.fixture(scope="module")
def books(
    story: Story, asked: dict[str, Counter[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Miner]]:
    """The year lived in each way, everything answered; what was asked is kept."""
    folder = tmp_path_factory.mktemp("year")
    with ExitStack() as stack:
        books = {}
        for number, way in enumerate(WAYS):
            process = LAST - timedelta(days=1) if way == WAYS[0] else LAST + timedelta(days=1)
            habits = Habits.drawn(stream(number), by_export=way == "by export", gaps=SPARSE, by_process=process)
            miner = stack.enter_context(living(story, folder / f"home{number}", habits))
            refused = miner("file", "--year", "2026", "--dry-run", codes=(3,)).err
            asked[way] = miner.answer()
            assert all(code in refused for code in asked[way]), refused
            books[way] = miner
        yield books


@pytest.fixture(scope="module")
def figures(books: dict[str, Miner]) -> dict[str, Figures]:
    return {way: figures_of(miner) for way, miner in books.items()}


@pytest.mark.parametrize("way", WAYS)
def test_every_figure_is_what_the_year_comes_to(story: Story, figures: dict[str, Figures], way: str) -> None:
    assert not [*differences(figures[way], expected(reckon(story.truth)))]


@pytest.mark.parametrize("way", WAYS[1:])
def test_no_figure_hangs_on_the_order_nor_on_who_tells(figures: dict[str, Figures], way: str) -> None:
    assert not [*unlike(figures[WAYS[0]], figures[way])]
    assert len(figures[way]) > 200


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("books")
def test_the_miner_is_asked_no_more_than_nobody_can_tell(asked: dict[str, Counter[str]], way: str) -> None:
    """Two ways to Coinbase and one to Kraken are told twice; Kraken's way home is; OCEAN's Lightning has no list.

    Where the APIs of the exchanges name the transactions, only NiceHash's way to Kraken is asked about.
    """
    assert asked[way].pop("inflow_doubtful") >= 1
    by_export = {"likely_twins": 3, "likely_transfer": 1}
    assert asked[way] == (by_export if way == "by export" else {"likely_twins": 1})


@pytest.mark.parametrize("way", WAYS)
def test_a_year_that_is_answered_can_be_filed(books: dict[str, Miner], way: str) -> None:
    assert "ready to be filed" in books[way]("file", "--year", "2026", "--dry-run").out


@pytest.mark.parametrize("way", ["by export"])
def test_everything_told_once_more_changes_nothing(
    books: dict[str, Miner], figures: dict[str, Figures], way: str, tmp_path: Path
) -> None:
    again = copied(books[way], tmp_path)
    for file in sorted({step.what for step in again.habits.steps if step.what not in SOURCES}):
        again.take(file)
    again.poll_all()
    assert "ready to be filed" in again("file", "--year", "2026", "--dry-run").out
    assert not [*unlike(figures[way], figures_of(again))]


def copied(miner: Miner, folder: Path) -> Miner:
    """Return the miner in a copy of the home, to which a test may do anything."""
    home = folder / "home"
    shutil.copytree(miner.home, home)
    return replace(miner, home=home)


# -- mistakes that a year has: each gives the same figures, or is told and stops the return


def stopped_by(miner: Miner, code: str) -> str:
    """Check that the return is not filed for a finding of *code*; return what is said."""
    refused = miner("file", "--year", "2026", "--dry-run", codes=(3,)).err
    assert f"{code}: " in refused, refused
    return refused


def test_the_whole_report_of_nicehash_beside_its_api_is_the_same(
    story: Story, books: dict[str, Miner], figures: dict[str, Figures], tmp_path: Path
) -> None:
    miner = copied(books["by api"], tmp_path)
    text = exports.house(story, "nicehash", miner.clock.instant)
    told = miner("import", exports.written(miner.folder, "whole.csv", text))
    assert "0 appended" in told.out
    assert not [*unlike(figures["by api"], figures_of(miner))]


def test_a_report_that_tells_payouts_half_a_minute_later_is_asked_about(
    story: Story, books: dict[str, Miner], figures: dict[str, Figures], tmp_path: Path
) -> None:
    miner = copied(books["by api"], tmp_path)
    header, *lines = exports.house(story, "nicehash", miner.clock.instant).splitlines(keepends=True)
    later = [line.replace(":00 GMT,", ":31 GMT,", 1) for line in lines if "mining" in line]
    miner("import", exports.written(miner.folder, "later.csv", "".join((header, *later[-4:]))))
    miner.price()
    stopped_by(miner, "row_told_twice")
    for _ in range(2):
        (first, *_) = [each["message"] for each in miner.findings() if each["code"] == "row_told_twice"]
        miner(*commands_of(first, "void one of them")[0])
    assert not [*unlike(figures["by api"], figures_of(miner))]


def test_a_pools_own_page_beside_its_api_is_one_where_it_names_transactions(
    books: dict[str, Miner], figures: dict[str, Figures], tmp_path: Path
) -> None:
    """What went over Lightning has no transaction that both name: it is asked about."""
    miner = copied(books["by api"], tmp_path)
    miner.take("braiins.csv")
    miner.price()
    stopped_by(miner, "likely_twins")
    (twin,) = [each["message"] for each in miner.findings()]
    miner(*commands_of(twin, "void one of them")[0])
    assert not [*unlike(figures["by api"], figures_of(miner))]


def test_a_payout_that_an_old_download_has_and_that_failed_since_is_asked_about(
    story: Story, books: dict[str, Miner], figures: dict[str, Figures], tmp_path: Path
) -> None:
    miner = copied(books["by export"], tmp_path)
    for when, code in ((local(2, 26, 2), 0), (miner.clock.instant, 3), (miner.clock.instant, 0)):
        chain, _ = of_braiins(story, when)
        page = exports.written(miner.folder, f"page-{when:%d}.csv", chain.text)
        told = miner(
            "import", page, "--map", exports.written(miner.folder, chain.map_name, chain.map_text), codes=(code,)
        )
        if code:
            assert 'State is "failed"' in told.err
            miner(*commands_of(told.err, "where it did not happen")[0])
    assert not [*unlike(figures["by export"], figures_of(miner))]


def test_a_payout_that_never_came_is_missed_by_the_work_that_was_done(books: dict[str, Miner], tmp_path: Path) -> None:
    miner = copied(books["by api"], tmp_path)
    rows = miner("completeness", "--year", "2026", "--json").result["rows"]
    ratios = [Decimal(row["ratio"]) for row in rows if row["pool"] == "braiins" and row["month"][-2:] < "07"]
    assert len(ratios) == 6
    assert all(Decimal("0.9") < ratio < Decimal("1.3") for ratio in ratios), ratios
    with EventStore.open(miner.home, clock=miner.clock) as store:
        told = [event for _, event in store.read("main", kinds=("receipt",)) if isinstance(event, Receipt)]
    paid = next(event for event in told if event.source == "braiins" and event.at.month == 3)
    both = [event.id for event in told if event.txid == paid.txid]
    assert len(both) == 2, "the pool tells it, and the address that is watched"
    for one in both:
        miner("add", "void", f"target={one}", "reason=it never came")
    stopped_by(miner, "income_missing")


def test_own_coins_called_income_afterwards_change_nothing_until_it_is_said_twice(
    story: Story, books: dict[str, Miner], figures: dict[str, Figures], tmp_path: Path
) -> None:
    miner = copied(books["by export"], tmp_path)
    export = exports.written(miner.folder, "again.csv", exports.house(story, "coinbase", miner.clock.instant))
    told = miner("import", export, "--set", "inflow=pool_payout", codes=(1,))
    assert "2 known rows would be revised; nothing of it is recorded yet" in told.out
    assert not [*unlike(figures["by export"], figures_of(miner))]


@pytest.mark.parametrize(("old", "new"), [(",", ";"), (",", "\t"), ("\n", "\r\n")])
def test_a_file_that_a_spreadsheet_saved_again_is_the_same(
    story: Story, books: dict[str, Miner], tmp_path: Path, old: str, new: str
) -> None:
    miner = copied(books["by api"], tmp_path)
    text = exports.house(story, "river", miner.clock.instant).replace(old, new)
    told = miner("import", exports.written(miner.folder, "saved.csv", text), "--set", "zone=UTC")
    assert "0 appended, 4 known already" in told.out
