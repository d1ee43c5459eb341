"""Words that a person reads once and can act on: no plural of one, the words to type."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from lotwork.commands import completing
from lotwork.commands.findings import findings_command
from lotwork.commands.source import guided
from lotwork.ingest.folder.source import FolderSection
from lotwork.ingest.meters.tasmota import SOURCE as TASMOTA
from lotwork.ingest.ports import Page
from lotwork.ledger.errors import SourceUnreachableError
from lotwork.ledger.storage.doctor import INSTALLED_AS, OF_AN_EXTRA, PARTS
from lotwork.reports.koinly import UNPRICED
from lotwork.service.drawn_folder import draw_folder
from lotwork.service.source_table import example_of, keys_of
from lotwork.service.sources import Watched
from tests.commands.calling import Caller, codes


class Silent:
    """A source that nobody answers for."""

    name, book = "pool", "main"

    def fetch_since(self, _cursor: str | None) -> Page:
        """Raise what an unplugged network does."""
        raise SourceUnreachableError("pool: payouts: no connection: this machine has no network: connect it")


@pytest.mark.parametrize("many", [1, 2, 3])
def test_a_failure_of_a_poll_stands_beside_its_source_and_where_errors_do(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    watched = [Watched(FolderSection(name="pool", folder="x"), Silent())] * many
    monkeypatch.setattr("lotwork.service.sources.watched", lambda *_: watched)
    told = lotwork("poll", code=6)
    assert told.out.count("no network") == many
    assert told.err.count("no network") == 1


def test_a_code_is_completed() -> None:
    (option,) = (each for each in findings_command.params if each.name == "code")
    context = click.Context(findings_command)
    assert option.shell_complete(context, "broker_rep")[0].value == "broker_report_missing"
    assert "row_told_twice" in completing.codes(context, option, "")
    assert completing.codes(context, option, "no_such") == []


def test_a_missing_part_is_told_with_the_words_to_type() -> None:
    assert INSTALLED_AS.keys() == PARTS.keys()
    for part in OF_AN_EXTRA:
        assert INSTALLED_AS[part].startswith("'lotwork[")


def test_one_is_no_plural() -> None:
    assert UNPRICED.words(1).startswith("1 receipt or fee without")
    assert UNPRICED.words(2).startswith("2 receipts or fees without")


@pytest.mark.parametrize("place", ["/proc/x", "/proc/self/x", "/sys/kernel/x/y"])
def test_a_folder_that_the_system_makes_up_is_told_as_one(place: str) -> None:
    with pytest.raises(Exception, match=r"the system lets nothing be made in .*: name a folder of your own"):
        draw_folder(Path(place), {"manifest.json": b"{}"})


@pytest.mark.parametrize(
    "typed", ["http://192.168.1.50", "www.pool.example", "pool.example:8332", "192.168.1.50", "[fd00::1]:80", "a/b"]
)
def test_an_address_is_no_name(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([typed, "plug"])
    monkeypatch.setattr("click.prompt", lambda *_a, **_k: next(answers))
    values: dict[str, object] = {}
    (key,) = (each for each in keys_of(TASMOTA.settings, example_of(TASMOTA)) if each.name == "name")
    guided._ask(TASMOTA, key, values, set())
    assert values["name"] == "plug"


def test_a_form_of_a_broker_that_is_not_there_is_a_finding_of_the_year(lotwork: Caller) -> None:
    lotwork.take(
        {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "kraken", "custody": "broker"},
        {
            "kind": "purchase", "id": "b", "at": "2026-01-02T00:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": "1", "cost_usd": "1000",
        },
        {
            "kind": "sale", "id": "s", "at": "2026-03-02T00:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": "1", "proceeds_usd": "1500",
        },
    )  # fmt: skip
    told = lotwork("findings", "--year", "2026", "--json", code=None).result["findings"]
    assert "broker_report_missing" in codes(told)
