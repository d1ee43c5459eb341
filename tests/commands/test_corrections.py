"""History corrected and replayed: one event, a selection of them, a correction of a correction, and each taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
}  # fmt: skip
LOG = (
    PROFILE,
    receipt("a", "2025-01-10", "1", "100", source="ocean", wallet="hot"),
    receipt("b", "2025-02-10", "1", "100", source="ocean", wallet="cold"),
    receipt("c", "2025-03-10", "1", "100", source="other", wallet="hot"),
    {"kind": "expense", "id": "e", "at": "2025-02-20T12:00:00Z", "category": "rent", "amount_usd": "10",
     "source": "ocean"},
)  # fmt: skip


def correction(name: str, at: str = "2026-01-01", **keys: Any) -> dict[str, Any]:
    return {"kind": "correction", "id": name, "at": f"{at}T12:00:00Z", "reason": "the statement says so", **keys}


def state(lotwork: Caller, *words: str) -> str:
    return str(lotwork("replay", *words, "--json", code=None).result["state_digest"])


def values(lotwork: Caller) -> dict[str, str]:
    return {row["receipt"]: row["value_usd"] for row in lotwork.rows("income", "--year", "2025")}


@pytest.mark.parametrize(
    ("select", "reached"),
    [
        ({"source": "ocean", "kind": "receipt"}, {"a", "b"}),
        ({"wallet": "hot"}, {"a", "c"}),
        ({"kind": "receipt", "from": "2025-02-01", "to": "2025-03-10"}, {"b"}),
        ({"kind": "receipt", "from": "2025-02-10T12:00:00Z"}, {"b", "c"}),
        ({"kind": "receipt"}, {"a", "b", "c"}),
        ({"source": "ocean", "wallet": "hot"}, {"a"}),
    ],
)
def test_a_selection_reaches_a_source_a_wallet_a_range_or_a_kind(
    lotwork: Caller, select: dict[str, str], reached: set[str]
) -> None:
    lotwork.take(*LOG)
    before = state(lotwork)
    lotwork.take(correction("fix", select=select, set={"price_usd": "200"}))
    assert {name for name, value in values(lotwork).items() if value == "200.000000"} == reached
    assert state(lotwork) != before
    assert state(lotwork, "--up-to", str(len(LOG))) == before


def test_a_selection_can_make_a_kind_another_kind(lotwork: Caller) -> None:
    """Payouts into a wallet were the taxpayer's own coins coming back: no income, and no lots of their own."""
    lotwork.take(*LOG)
    select = {"wallet": "hot", "kind": "receipt"}
    lotwork.take(correction("fix", select=select, set={"kind": "transfer", "from_wallet": "vault"}))
    assert values(lotwork).keys() == {"b"}


def test_the_later_of_two_corrections_wins_and_a_void_of_it_brings_the_earlier_back(lotwork: Caller) -> None:
    lotwork.take(*LOG)
    lotwork.take(correction("first", target="a", set={"price_usd": "200"}))
    once = state(lotwork)
    lotwork.take(correction("second", "2026-01-02", target="a", set={"price_usd": "300"}))
    assert values(lotwork)["a"] == "300.000000"
    lotwork("add", "void", "target=second", "reason=the first was right")
    assert values(lotwork)["a"] == "200.000000"
    assert state(lotwork) == once
    lotwork("add", "void", "target=first", "reason=neither was")
    assert values(lotwork)["a"] == "100.000000"
    assert lotwork("replay", "--json", code=None).result["amended_by"] == {"void": 2, "corrections": 0, "rules": 0}
    assert "Amended by 2 voids, 0 corrections, 0 rules" in lotwork("replay", code=None).out


def test_a_void_restores_every_figure(lotwork: Caller) -> None:
    lotwork.take(*LOG, sale("s", "2025-06-01", "0.5", "90", wallet="hot"))
    asked = ("liability", "--year", "2025", "--json")
    before, was = lotwork(*asked).result, state(lotwork)
    lotwork.take(
        correction("kind", target="s", set={"disposition": "spent", "proceeds_usd": "500"}),
        correction("all", select={"kind": "receipt"}, set={"price_usd": "999"}),
        {"kind": "void", "id": "gone", "at": "2026-01-01T12:00:00Z", "target": "b", "reason": "told twice"},
    )
    assert lotwork(*asked).result["summary"] != before["summary"]
    for name in ("kind", "all", "gone"):
        lotwork("add", "void", f"target={name}", "reason=it was no error")
    after = lotwork(*asked).result
    assert (after["summary"], after["lines"], state(lotwork)) == (before["summary"], before["lines"], was)


def test_a_correction_is_not_corrected_but_replaced(lotwork: Caller) -> None:
    lotwork.take(*LOG, correction("first", target="a", set={"price_usd": "200"}))
    refused = lotwork.take(correction("again", target="first", set={"reason": "other"}), code=3)
    assert "void it and record another" in refused.err


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"target": "nobody", "set": {"price_usd": "1"}}, "no event has the id 'nobody'"),
        ({"target": "a", "set": {"colour": "red"}}, "no such key"),
        ({"target": "a", "set": {"price_usd": "-1"}}, "is no price"),
        ({"select": {"kind": "receipt"}, "set": {"category": "rent"}}, "no such key"),
        ({"select": {"flavour": "sweet"}, "set": {"price_usd": "1"}}, "select"),
        ({"select": {}, "set": {"price_usd": "1"}}, "select"),
        ({"set": {"price_usd": "1"}}, "target or a select"),
        ({"target": "a", "select": {"kind": "receipt"}, "set": {"price_usd": "1"}}, "target or a select"),
        ({"target": "a", "set": {}}, "at least one key"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_words(lotwork: Caller, keys: dict[str, Any], told: str) -> None:
    lotwork.take(*LOG)
    assert told in lotwork.take(correction("fix", **keys), code=3).err
    assert lotwork("head", "--json").result["position"] == len(LOG)


def test_a_selection_that_fits_some_and_not_others_changes_those_and_tells_the_rest(lotwork: Caller) -> None:
    lotwork.take(*LOG)
    lotwork.take(correction("fix", select={"source": "ocean"}, set={"price_usd": "200"}))
    told = lotwork("income", "--year", "2025", "--json", code=1).result
    assert codes(told["findings"]) == {"correction_does_not_fit"}
    assert values(lotwork) == {"a": "200.000000", "b": "200.000000", "c": "100.000000"}


def test_a_replay_goes_by_the_law_and_the_knowledge_it_is_asked_for(lotwork: Caller) -> None:
    rule = {
        "kind": "rule", "id": "r", "at": "2026-01-01T12:00:00Z", "figure": "us/self_employment/oasdi_rate",
        "from": "2025-01-01", "value": "0.10", "cite": "a statute", "reason": "as enacted",
    }  # fmt: skip
    lotwork.take(*LOG, rule)
    laws = {name: lotwork("replay", "--law", name, "--json").result["law"] for name in ("book", "shipped", "2")}
    assert laws["shipped"] == laws["2"] != laws["book"]
    none = lotwork("replay", "--known", "2025-01-01", "--json").result
    assert (none["events"], none["position"]) == (0, 0)
    assert lotwork("replay", "--json").result["amended_by"]["rules"] == 1
