"""Every finding the house can make has words for a person, and every command among them can be run."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork import projections
from lotwork.cli import COMMANDS
from lotwork.ledger.history import History
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.as_of import AsOf
from lotwork.projections.filing.check import name_of, prepare
from lotwork.projections.findings import Finding
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.replay.book import Book
from lotwork.reports.answers import answer_liability
from lotwork.rules.load import Law
from lotwork.web.answering import commands_of
from lotwork.web.reading import BookCache
from lotwork.web.remedies import REMEDIES, command_for
from lotwork.web.views.problems import ProblemsView, problems_view
from tests.web.conftest import NOW, Ask, clock, record
from tests.web.markup import read

ROOT = Path(projections.__file__).parent.parent
WORD = re.compile(r"[a-z]+(_[a-z0-9]+)+")
COMMANDED = [code for code, remedy in REMEDIES.items() if remedy.command]


def codes() -> Iterator[str]:
    """Yield the code of every finding and trouble that the folds can make."""
    ledger = (ROOT / "ledger" / name for name in ("history.py", "same_coins.py"))
    for file in (*(ROOT / "projections").rglob("*.py"), *ledger):
        tree = ast.parse(file.read_text())
        yield from doubts(tree) if file.name == "same_coins.py" else ()
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Finding" | "Trouble"), args=[ast.Name(id=name), *_]):
                    yield from named(tree, name)
                case ast.Call(func=ast.Name(id="Finding" | "Trouble"), args=[ast.Constant(value=str(code)), *_]):
                    yield code
                case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])], value=ast.Tuple(elts=elements)):
                    if isinstance(elements[0], ast.Constant) and isinstance(elements[0].value, str):
                        yield elements[0].value
                case ast.Call(func=ast.Name(id="_left_out"), args=[ast.Constant(value=str(code)), *_]):
                    yield code


def named(tree: ast.AST, name: str) -> Iterator[str]:
    """Yield the text that *tree* calls *name*."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=told)], value=ast.Constant(value=str(code))) if told == name:
                yield code


def doubts(tree: ast.AST) -> Iterator[str]:
    """Yield the codes of the questions that the ledger itself asks: told with an event, or one of two."""
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str(code)), _, _]) if WORD.fullmatch(code):
                yield code
            case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(two))):
                yield from (code for code in (one, two) if WORD.fullmatch(code))


def test_every_finding_has_a_title_in_plain_words() -> None:
    found = set(codes())
    assert len(found) > 25
    assert {"inflow_doubtful", "output_told_twice", "likely_twins", "transaction_told_twice", "dated_ahead"} < found
    assert found <= REMEDIES.keys(), f"give them a title in web/remedies.py: {sorted(found - REMEDIES.keys())}"
    assert all(WORD.search(remedy.title) is None for remedy in REMEDIES.values())


@pytest.mark.parametrize("code", COMMANDED)
def test_every_command_is_one_that_lotwork_knows(code: str) -> None:
    command = command_for(REMEDIES[code], "my book", "an id; rm -rf", 2026, date(2026, 11, 22))
    program, option, book, verb, *words = shlex.split(command)
    assert (program, option, book) == ("lotwork", "--book", "my book")
    assert verb in COMMANDS
    if verb == "add":
        kind, *pairs = words
        keys = keys_of(kind)
        told = dict(pair.partition("=")[::2] for pair in pairs)
        assert told.keys() <= keys.keys()
        assert {name for name, key in keys.items() if key.required} <= told.keys()
        assert told.get("target", "an id; rm -rf") in {"an id; rm -rf", "PRICE_ID", "RULE_ID"}


def test_many_kinds_of_problems_are_told_in_plain_words(tmp_path: Path, ask: Ask) -> None:
    receipt = {"kind": "receipt", "id": "r", "at": "2026-02-01T12:00:00Z", "wallet": "w", "asset": "BTC",
               "quantity": "0.1", "income": "pool_payout", "price_usd": "100000"}  # fmt: skip
    sale = {"kind": "sale", "id": "s", "at": "2026-03-01T12:00:00Z", "wallet": "w", "asset": "BTC",
            "quantity": "0.5", "proceeds_usd": "50000"}  # fmt: skip
    balance = {"kind": "balance", "id": "b", "at": "2026-03-02T12:00:00Z", "wallet": "w", "asset": "BTC",
               "quantity": "1"}  # fmt: skip
    energy = {"kind": "energy", "id": "e", "at": "2026-03-02T12:00:00Z", "kwh": "10", "from": "2026-02-01",
              "to": "2026-03-01", "meter": "m"}  # fmt: skip
    slip = {"kind": "expense", "id": "x", "at": "2026-03-02T12:00:00Z", "category": "electricty", "amount_usd": "1"}
    late = {"kind": "selection", "id": "l", "at": "2026-04-01T12:00:00Z", "wallet": "w", "asset": "BTC", "for": "s",
            "lots": [{"lot": "r", "quantity": "0.1"}]}  # fmt: skip
    record(tmp_path, receipt, sale, balance, energy, slip, late)
    page = read(ask(tmp_path).get("/problems").text)
    for code in ("coins_missing", "balance_differs", "energy_without_tariff", "category_unknown", "selection_late",
                 "profile_assumed", "prior_year_unknown"):  # fmt: skip
        assert REMEDIES[code].title in page.text
    assert WORD.search(page.said) is None
    stopping, others = page.text.index("Settle before filing"), page.text.index("Worth a look")
    assert page.text.rindex("Settle before filing") < page.text.index("acknowledge it when filing") < others
    assert "It is recorded with the return, once the year is over" in page.text
    assert stopping < others < page.text.index(REMEDIES["prior_year_unknown"].title) + len(page.text)


ME: dict[str, object] = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single",
      "time_zone": "UTC", "activity": "business"}  # fmt: skip
FACTS: dict[str, object] = {"kind": "year_facts", "id": "facts", "at": "2025-12-31T12:00:00Z", "year": 2025}
PAID: dict[str, object] = {"kind": "receipt", "id": "r", "at": "2025-02-01T12:00:00Z", "wallet": "w", "asset": "BTC",
        "quantity": "0.1", "income": "pool_payout", "price_usd": "100000", "source": "pool"}  # fmt: skip
BILL: dict[str, object] = {"kind": "expense", "at": "2025-03-02T12:00:00Z", "amount_usd": "100"}
OUT: dict[str, object] = {"at": "2025-03-03T12:00:00Z", "wallet": "w", "asset": "BTC", "quantity": "0.01"}
STOPS: dict[str, list[dict[str, object]]] = {
    "applied_above_overpayment": [FACTS | {"applied_to_next_year_usd": "9000", "withholding_usd": "1200"}],
    "dated_ahead": [PAID | {"id": "ahead", "at": "2062-02-01T12:00:00Z"}],
    "transaction_told_twice": [PAID | {"id": name, "txid": "ab" * 32} for name in ("one", "two")],
    "likely_twins": [PAID | {"id": "twin", "source": "exchange"}],
    "likely_transfer": [OUT | {"kind": "movement", "id": "sent", "source": "x"},
                        PAID | OUT | {"id": "came", "kind": "receipt", "wallet": "v", "source": "y"}],
    "row_told_twice": [PAID | {"id": "row", "may_repeat": "r"}],
    "year_facts_in_part": [FACTS | {"wages_usd": "5", "through": "2025-06-30"}],
    "withholding_told_twice": [FACTS | {"wages_usd": "9000", "withholding_usd": "500"},
                               {"kind": "payment", "id": "withheld", "at": "2025-03-31T12:00:00Z", "year": 2025,
                                "amount_usd": "500", "type": "withholding"}],
    "broker_told_more": [{"kind": "broker_report", "id": "form", "at": "2026-02-01T12:00:00Z", "wallet": "w",
                          "asset": "BTC", "quantity": "0.1", "proceeds_usd": "9000", "sold": "2025-06-01"}],
    "amount_unlikely": [PAID | {"id": "slip", "price_usd": "100.000", "at": "2025-02-20T12:00:00Z", "quantity": "0.3"}],
    "credit_kind_untold": [FACTS | {"credits_usd": "5"}],
    "receipt_pending": [PAID | {"id": "pending", "price_usd": None, "at": "2025-03-01T12:00:00Z"}],
    "inflow_doubtful": [PAID | {"id": "doubt", "doubt": "new_payer", "at": "2025-03-01T12:00:00Z"}],
    "movement_unexplained": [OUT | {"kind": "movement", "id": "moved"}],
    "coins_missing": [OUT | {"kind": "sale", "id": "sale", "quantity": "1", "proceeds_usd": "5"}],
    "balance_differs": [OUT | {"kind": "balance", "id": "holds"}],
    "wallet_spelled_twice": [PAID | {"id": "capital", "wallet": "W", "at": "2025-08-01T12:00:00Z", "quantity": "0.2"}],
    "category_no_expense": [BILL | {"id": "deposit", "category": "deposit"}],
    "category_unknown": [BILL | {"id": "slip", "category": "electricty"}],
    "usage_missing": [BILL | {"id": "shared", "category": "rent", "usage": "cellar"}],
    "refund_unknown": [BILL | {"id": "back", "category": "rent", "refund_of": "nobody"}],
    "energy_without_tariff": [{"kind": "energy", "id": "kwh", "at": "2025-03-02T12:00:00Z", "kwh": "10",
                               "from": "2025-02-01", "to": "2025-03-01", "meter": "m"}],
    "equipment_long_unused": [{"kind": "equipment", "id": "rig", "at": "2025-01-05T12:00:00Z", "equipment": "card",
                               "cost_usd": "3000", "acquired": "2016-05-01", "placed_in_service": "2025-01-05"}],
    "selection_late": [OUT | {"kind": "sale", "id": "sold", "proceeds_usd": "900"},
                       {"kind": "selection", "id": "late", "at": "2025-04-01T12:00:00Z", "wallet": "w", "asset": "BTC",
                        "for": "sold", "lots": [{"lot": "r", "quantity": "0.01"}]}],
    "correction_does_not_fit": [{"kind": "correction", "id": "unfit", "at": "2025-04-01T12:00:00Z", "reason": "slip",
                                 "select": {"kind": "receipt"}, "set": {"cost_usd": "5"}}],
    "activity_turned": [ME | {"id": "hobby", "at": "2025-06-01T00:00:00Z", "activity": "hobby"},
                        PAID | {"id": "in-hobby", "at": "2025-09-01T12:00:00Z", "quantity": "0.4"}],
}  # fmt: skip
"""What stops a return, each by its kind."""


def stopped(home: Path) -> tuple[list[str], list[str]]:
    """Return the names of what `file` stops at, and of what `liability` tells."""
    with EventLog(home) as log:
        history = History.read(log, "main")
        law = law_in_force(history, Law.load())
        folded = AsOf(now=NOW).fold(home, history, (2025,))
        found = prepare(Book.begin(history, (2025,), law).fold(), law, 2025, NOW).open
        told = answer_liability(folded, 2025, NOW.date(), tax_table=False, as_filed=False).findings
    return sorted(map(name_of, found)), sorted(map(name_of, told))


def shown(home: Path, year: int = 2025) -> ProblemsView:
    """Return the page of problems."""
    with closing(BookCache(home, clock())) as books:
        return problems_view(books.read("main", year))


@pytest.mark.parametrize("code", STOPS)
def test_whatever_stops_a_return_stands_among_the_problems_of_its_year(tmp_path: Path, ask: Ask, code: str) -> None:
    record(tmp_path, ME, PAID, *STOPS[code])
    names, told = stopped(tmp_path)
    found = {name.partition(":")[0] for name in names}
    assert code in found
    assert set(names) <= set(told)
    page = read(ask(tmp_path).get("/problems?year=2025").text).text
    assert [each for each in found if REMEDIES[each].title not in page] == []


@settings(max_examples=8, deadline=None)
@given(st.sets(st.sampled_from(sorted(STOPS)), max_size=5))
def test_the_page_of_problems_names_what_file_stops_at_and_nothing_else_as_stopping(
    tmp_path_factory: pytest.TempPathFactory, kinds: set[str]
) -> None:
    home = tmp_path_factory.mktemp("stops")
    record(home, ME, PAID, *{line["id"]: line for kind in sorted(kinds) for line in STOPS[kind]}.values())
    names, told = stopped(home)
    assert set(names) <= set(told)
    view = shown(home)
    stops = [group for group in view.groups if group.stops]
    assert {group.code for group in stops} == {name.partition(":")[0] for name in names} >= kinds
    assert view.stopping == len(names)
    for group in stops:
        assert group.command or group.acknowledge or "`lotwork " in group.shown[0].message


@pytest.mark.parametrize("name", ["s", "a row", 'it\'s "so"', "émigré 🚀", "suspense:in:file:1:2"])
def test_what_is_in_suspense_is_taken_out_by_the_one_command_of_its_words(tmp_path: Path, name: str) -> None:
    said = {"subject": "trade 1", "reason": "no rule knows it", "remedy": "record it"}
    record(tmp_path, ME, PAID, {"kind": "suspense", "id": name, "at": "2025-05-01T00:00:00Z", **said})
    with closing(BookCache(tmp_path, clock())) as books:
        reading = books.read("main", 2025)
    (finding,) = (each for each in reading.stops if each.code == "in_suspense")
    (command,) = commands_of(reading, finding)
    assert command.lines == ({"kind": "void", "target": name, "reason": "recorded by hand"},)
    assert command.blanks == ()


def test_a_code_of_any_kind_has_an_answer_where_it_stops_a_return(tmp_path: Path) -> None:
    record(tmp_path, ME, PAID)
    with closing(BookCache(tmp_path, clock())) as books:
        reading = books.read("main", 2025)
    for code in {*codes(), *REMEDIES}:
        finding = Finding(code, "told without a command")
        (group,) = problems_view(replace(reading, findings=(finding,), stops=frozenset({finding}))).groups
        assert group.command or group.acknowledge
        (group,) = problems_view(replace(reading, findings=(finding,), stops=frozenset())).groups
        assert not group.acknowledge


def test_what_is_told_of_a_year_that_goes_on_and_of_its_payments_stops_as_its_return_will(tmp_path: Path) -> None:
    late = {"at": "2026-03-01T12:00:00Z"}
    record(tmp_path, ME, PAID | late, PAID | late | {"id": "pending", "price_usd": None})
    stops = {group.code: group.stops for group in shown(tmp_path, 2026).groups}
    assert stops == {"receipt_pending": True, "prior_year_unknown": False}
