"""The recipe "A new pool" of docs/growing.md, carried out: one module and one line; a forgotten step is told."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lotwork.ingest.register import SOURCE_MODULES, SOURCES
from tests.architecture.house import ROOT
from tests.growing.house_copy import OF_SOURCES, HouseCopy
from tests.growing.test_template import PAYOUTS
from tests.ingest.scripted_server import Reply, serving

GROWING = ROOT / "tests" / "growing"
TEMPLATE = (GROWING / "new_pool.py").read_text(encoding="utf-8")
TESTS = (GROWING / "test_template.py").read_text(encoding="utf-8")
MODULE, REGISTER, PAGE = "ingest/pools/millpond.py", "ingest/register.py", "docs/sources.md"
TEST = "tests/ingest/pools/test_millpond.py"
CASES, EVERY = "tests/ingest/pools/cases.py", "tests/ingest/pools/test_every_pool.py"
LINE = '    "lotwork.ingest.pools.millpond",\n'
LAST = f'    "{SOURCE_MODULES[-1]}",\n'
PRICES = "at,asset,price_usd,interval\n" + "".join(f"2026-03-0{day}T00:00:00Z,BTC,100000,1d\n" for day in range(1, 5))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> HouseCopy:
    return HouseCopy(tmp_path_factory.mktemp("house"))


@pytest.fixture
def grown(house: HouseCopy) -> Iterator[HouseCopy]:
    """Follow the recipe; every test is given the same house with its new pool."""
    house.write(MODULE, TEMPLATE)
    house.write(TEST, TESTS.replace("tests.growing.new_pool", "lotwork.ingest.pools.millpond"))
    house.write(REGISTER, (ROOT / REGISTER).read_text(encoding="utf-8").replace(LAST, LAST + LINE))
    imported = "from tests.ingest.pools.test_millpond import CASE as MILLPOND\n"
    cases = (ROOT / CASES).read_text(encoding="utf-8").replace("\nCASES = (\n", "\nCASES = (\n    MILLPOND,\n")
    house.write(
        CASES, cases.replace("from tests.ingest.pools.kit import", f"{imported}from tests.ingest.pools.kit import")
    )
    page = house.run("-m", "tests.architecture.sources_page")
    assert page.returncode == 0, page.stderr
    yield house
    for name in (REGISTER, PAGE, CASES):
        house.write(name, (ROOT / name).read_text(encoding="utf-8"))


def test_a_new_pool_is_one_module_and_one_line(grown: HouseCopy) -> None:
    assert grown.changed() == {MODULE, REGISTER, TEST, CASES}
    before, after = (ROOT / REGISTER).read_text(encoding="utf-8"), grown.read(REGISTER)
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert lines == [f"+ {LINE.rstrip()}"]
    rules = (f"tests/architecture/test_{each}.py" for each in ("constants", "style", "listings"))
    assert grown.check(OF_SOURCES, TEST, *rules) == ""
    assert grown.check(EVERY, "-k", "millpond") == ""
    for tool in (("-m", "ruff", "check", MODULE), (str(Path(sys.executable).with_name("lint-imports")), "--no-cache")):
        told = grown.run(*tool)
        assert told.returncode == 0, told.stdout


def test_a_new_pool_is_polled_and_its_payouts_are_income(grown: HouseCopy, tmp_path: Path) -> None:
    home = tmp_path / "home"
    begun = grown.run("init", home=home)
    assert begun.returncode == 0, begun.stderr
    settings = (home / "config.toml").read_text(encoding="utf-8")
    shown = settings[settings.index("# [[sources.millpond]]") :].partition("\n\n")[0]
    with serving() as pool:
        pool.answer = lambda _path: Reply(body=json.dumps({"payouts": PAYOUTS}).encode())
        shown = shown.replace("2026-06-01", "2026-03-01")
        mine = shown.replace("# ", "", 1).replace("\n# ", "\n") + f'\nbase_url = "{pool.url}"\nallow_private = true\n'
        (home / "millpond.key").write_text("a-key-of-the-pool", encoding="utf-8")
        (home / "millpond.key").chmod(0o600)
        prices = '[prices]\nsources = ["csv"]\ncsv_file = "prices.csv"\n'
        (home / "config.toml").write_text(mine + prices, encoding="utf-8")
        (home / "prices.csv").write_text(PRICES, encoding="utf-8")
        polled = [json.loads(grown.run("--json", "poll", home=home).stdout) for _ in range(2)]
        assert set(pool.asked) == {"/accounts/miller/payouts"}
    assert [answer["sources"] for answer in polled] == [
        [{"book": "main", "source": "millpond", "new": 3}],
        [{"book": "main", "source": "millpond", "new": 0}],
    ]
    rows = json.loads(grown.run("--json", "income", "--year", "2026", home=home).stdout)["rows"]
    assert [(row["receipt"], row["date"], row["quantity"], row["value_usd"], row["pool"]) for row in rows] == [
        ("millpond:miller:payouts:88101", "2026-03-02", "0.01048576", "1048.576000", "millpond"),
        ("millpond:miller:payouts:88215", "2026-03-03", "0.00998004", "998.004000", "millpond"),
        ("millpond:miller:payouts:88340", "2026-03-04", "0.01102210", "1102.210000", "millpond"),
    ]
    checks = {
        each["name"]: each["ok"] for each in json.loads(grown.run("--json", "doctor", home=home).stdout)["checks"]
    }
    assert checks["settings"]


Forget = Callable[[HouseCopy], None]


def without(part: str, instead: str = "") -> Forget:
    """Return the step of forgetting *part* of the module."""

    def forget(house: HouseCopy) -> None:
        assert part in TEMPLATE
        house.write(MODULE, TEMPLATE.replace(part, instead))

    return forget


def never_listed(house: HouseCopy) -> None:
    house.write(REGISTER, house.read(REGISTER).replace(LINE, ""))


def no_case(house: HouseCopy) -> None:
    house.write(CASES, (ROOT / CASES).read_text(encoding="utf-8"))


def never_tested(house: HouseCopy) -> None:
    no_case(house)  # which it declares
    (house.root / TEST).unlink()


def page_not_written(house: HouseCopy) -> None:
    house.write(PAGE, (ROOT / PAGE).read_text(encoding="utf-8"))


DECLARED = TEMPLATE[TEMPLATE.index("SOURCE = ") :]
DOCS = DECLARED[DECLARED.index('docs="""') : DECLARED.index("    cannot_see")]
EXAMPLE = DECLARED[DECLARED.index('example="""') : DECLARED.index("    units")]
FORGOTTEN: dict[str, tuple[Forget, str]] = {
    "the line in the register": (
        never_listed,
        "declared and never polled: add ['lotwork.ingest.pools.millpond'] to SOURCE_MODULES in ingest/register.py",
    ),
    "the declaration": (
        without(DECLARED),
        "stands in lotwork.ingest.register and declares no source: write SOURCE = DeclaredSource(...) in it",
    ),
    "the example": (
        without(EXAMPLE, 'example="",\n'),
        "source millpond: example: nothing is said: write it, it becomes a part of docs/sources.md",
    ),
    "a key of the example": (without('wallet = "cold"\n'), "sources.millpond[0].wallet: the key is missing: add it"),
    "the docs": (
        without(DOCS, 'docs="",\n'),
        "source millpond: docs: nothing is said: write it, it becomes a part of docs/sources.md",
    ),
    "the docs, key and all": (without(DOCS), "source millpond: docs: nothing is said: write it"),
    "what it cannot see": (
        without('cannot_see="what was credited and is not paid out yet; the pool\'s fee."', 'cannot_see=""'),
        "source millpond: cannot_see: nothing is said",
    ),
    "to write the page": (
        page_not_written,
        "docs/sources.md says other things than the declarations: run `make sources`",
    ),
    "its test": (
        never_tested,
        "a pool nobody tests: write tests/ingest/pools/test_millpond.py, as test_template.py is",
    ),
    "its case": (
        no_case,
        "no faults, pages and revisions are tried: add the case of ['millpond'] to tests/ingest/pools/cases.py",
    ),
    "to load its library late": (
        without("from urllib.parse import quote\n", "from urllib.parse import quote\n\nimport httpx2\n"),
        "a declaring module imports httpx2: import it within `build`",
    ),
}


@pytest.mark.parametrize("step", FORGOTTEN)
def test_a_forgotten_step_fails_with_words_that_say_what_to_do(step: str, grown: HouseCopy) -> None:
    forget, words = FORGOTTEN[step]
    forget(grown)
    assert words in grown.check()


def test_a_miner_who_configures_a_pool_that_is_not_listed_is_told(grown: HouseCopy, tmp_path: Path) -> None:
    never_listed(grown)
    (tmp_path / "config.toml").write_text("[[sources.millpond]]\nname = 'm'\n", encoding="utf-8")
    told = grown.run("poll", home=tmp_path)
    assert told.returncode == 3
    known = ", ".join(source.kind for source in SOURCES)
    assert f"sources.millpond: unknown key: known here: {known}" in told.stderr
