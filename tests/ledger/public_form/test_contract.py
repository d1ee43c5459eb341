"""The public form: what it takes, what it refuses and in which words, and that it comes out as it went in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.codec import KINDS, decode, derived_id, encode, kind_of
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Event, Receipt
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.units import Asset, AssetTable
from tests.ledger.public_form.lines import lines

ASSETS = AssetTable()
RECEIPT = {
    "kind": "receipt", "at": "2025-01-10T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "0.5",
    "income": "pool_payout",
}  # fmt: skip


def refused(line: dict[str, Any]) -> list[str]:
    """Return what is said of a line that is refused."""
    with pytest.raises(InputRefusedError) as refusal:
        parse_event(line, ASSETS, "a.jsonl:7")
    assert refusal.value.problems
    for problem in refusal.value.problems:
        assert problem.where == "a.jsonl:7"
        assert problem.key
        assert problem.reason
        assert problem.remedy
        assert str(problem) == f"a.jsonl:7: {problem.key}: {problem.reason}: {problem.remedy}"
    return [str(problem) for problem in refusal.value.problems]


def taken(line: dict[str, Any]) -> tuple[Event | None, list[str]]:
    """Return the event of a line, or what is said of it."""
    try:
        return parse_event(line, ASSETS, "a.jsonl:7"), []
    except InputRefusedError as refusal:
        return None, [str(problem) for problem in refusal.problems]


def refused_key(line: dict[str, Any]) -> str:
    """Return the key that a line with one problem is refused for."""
    (told,) = refused(line)
    return told.split(": ")[1]


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=25)
@given(data=st.data())
def test_every_kind_comes_out_as_it_went_in(kind: str, data: st.DataObject) -> None:
    event = parse_event(data.draw(lines(kind)), ASSETS, "x")
    public = to_contract(event, ASSETS)
    assert public["kind"] == kind == kind_of(event)
    assert parse_event(public, ASSETS, "x") == event
    assert to_contract(parse_event(public, ASSETS, "x"), ASSETS) == public
    assert decode(kind, 1, encode(event)) == event


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=25)
@given(data=st.data())
def test_a_required_key_left_out_is_named(kind: str, data: st.DataObject) -> None:
    line = data.draw(lines(kind))
    gone = data.draw(st.sampled_from([name for name, key in keys_of(kind).items() if key.required]))
    del line[gone]
    words = f"a.jsonl:7: {gone}: every {kind} must have it: add {gone!r}"
    assert any(told.startswith(f"{words}, like ") for told in refused(line))


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=10)
@given(data=st.data())
def test_an_unknown_key_is_named_with_the_key_that_was_perhaps_meant(kind: str, data: st.DataObject) -> None:
    line = data.draw(lines(kind)) | {"atx": "2025"}
    one = f"an {kind}" if kind[0] in "aeio" else f"a {kind}"
    listed = f"`lotwork add {kind} --help` tells what each key is for"
    assert refused(line) == [f"a.jsonl:7: atx: {one} has no such key: did you mean 'at'? {listed}"]


AMOUNTS = sorted(
    (kind, name)
    for kind in KINDS
    for name, key in keys_of(kind).items()
    if key.meaning in ("coins", "coins or zero", "usd", "signed usd", "price", "share", "number")
)


@pytest.mark.parametrize(("kind", "name"), AMOUNTS)
@pytest.mark.parametrize("value", [1, 1.5, True, None, ["1"], {"a": "1"}, "\uff11", "1e3", "+1", ".5", "5.", "0x1",
                                   "1_0", " 1", "1,5", "NaN", "Infinity", "", "--1", "1.1.1", "\u0663"])  # fmt: skip
def test_an_amount_is_a_plain_decimal_string(kind: str, name: str, value: Any) -> None:
    if value is None and not keys_of(kind)[name].required:
        return
    line = {"kind": kind, "at": "2025-01-10T12:00:00Z", "asset": "BTC", name: value}
    assert any(told.startswith(f"a.jsonl:7: {name}: ") for told in refused(line))


@pytest.mark.parametrize("quantity", ["0", "0.00000000", "-1", "-0.00000001", "-0"])
@pytest.mark.parametrize("kind", ["receipt", "purchase", "sale", "transfer", "movement", "broker_report"])
def test_a_quantity_is_above_zero(kind: str, quantity: str) -> None:
    line = {"kind": kind, "at": "2025-01-10T12:00:00Z", "asset": "BTC", "quantity": quantity}
    assert any("quantity" in told and "is not above zero" in told for told in refused(line))


def test_a_balance_may_be_nothing() -> None:
    line = {"kind": "balance", "at": "2025-01-10T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "0"}
    assert to_contract(parse_event(line, ASSETS, "x"), ASSETS)["quantity"] == "0.00000000"


@pytest.mark.parametrize(("asset", "quantity"), [("BTC", "0.000000001"), ("ETH", "0." + "0" * 18 + "1")])
def test_more_decimals_than_the_asset_has_are_refused_not_rounded(asset: str, quantity: str) -> None:
    assert "decimals" in refused(RECEIPT | {"asset": asset, "quantity": quantity})[0]


def test_money_finer_than_a_micro_dollar_is_refused_not_rounded() -> None:
    assert refused_key(RECEIPT | {"value_usd": "1.0000001"}) == "value_usd"


@pytest.mark.parametrize("asset", ["btc", "Btc", " BTC"])
def test_an_asset_in_other_letters_is_asked_about_and_not_only_declared(asset: str) -> None:
    (told,) = refused(RECEIPT | {"asset": asset})
    assert "is not declared: did you mean 'BTC'? If it is another coin, add " in told


@pytest.mark.parametrize("asset", ["BTG", "BT", "XBT"])
def test_an_asset_of_other_letters_is_another_coin(asset: str) -> None:
    assert "did you mean" not in refused(RECEIPT | {"asset": asset})[0]


def test_an_asset_nobody_declared_is_refused_with_what_to_add() -> None:
    (told,) = refused(RECEIPT | {"asset": "RVN"})
    assert told.startswith("a.jsonl:7: quantity: asset RVN is not declared: add ")
    known = ASSETS.with_declared([Asset("RVN", 8)])
    assert isinstance(parse_event(RECEIPT | {"asset": "RVN"}, known, "x"), Receipt)


@pytest.mark.parametrize("at", ["2025-01-10T12:00:00", "2025-01-10", "10.01.2025 12:00", "2025-02-30T12:00:00Z", 0,
                                "2025-01-10T25:00:00Z", "2025-01-10T12:60:00Z", "2025-01-10T12:00:61Z", "now", "", True,
                                "1979-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2025-01-10T12:00:00+25:00",
                                "\uff12\uff10\uff12\uff15-01-10T12:00:00Z", "9999-12-31T23:59:59-12:00"])  # fmt: skip
def test_an_instant_that_is_none_is_refused(at: Any) -> None:
    assert refused_key(RECEIPT | {"at": at}) == "at"


@pytest.mark.parametrize("kind", [None, "", "recipt", 5, ["receipt"], {"receipt": 1}, True, "Receipt"])
def test_an_unknown_kind_is_refused(kind: Any) -> None:
    assert refused_key(RECEIPT | {"kind": kind}) == "kind"


def test_a_misspelt_kind_is_answered_with_the_one_that_was_meant() -> None:
    assert refused(RECEIPT | {"kind": "reciept"})[0].endswith("did you mean 'receipt'?")


def test_every_problem_of_a_line_is_told_at_once() -> None:
    told = refused(RECEIPT | {"at": "yesterday", "quantity": 1, "income": "luck", "wallet": "", "pools": "x"})
    assert [each.split(": ")[1] for each in told] == ["at", "wallet", "quantity", "income", "pools"]


@pytest.mark.parametrize("value", ["0", "0.00", "-5"])
def test_nothing_is_ever_worth_nothing(value: str) -> None:
    """Nothing is ever valued at 0 for want of a price (contract, section 2)."""
    assert refused_key(RECEIPT | {"value_usd": value}) == "value_usd"
    assert refused_key(RECEIPT | {"price_usd": value}) == "price_usd"


def test_a_price_and_a_value_that_disagree_are_refused() -> None:
    assert "is not value_usd" in refused(RECEIPT | {"price_usd": "100", "value_usd": "51"})[0]
    both = parse_event(RECEIPT | {"price_usd": "100", "value_usd": "50"}, ASSETS, "x")
    assert isinstance(both, Receipt)
    assert both.value_usd_micros == 50_000_000


@pytest.mark.parametrize("lots", ["r1", {}, [1], [{}], [{"lot": "r1"}], [{"lot": "r1", "quantity": "0"}],
                                  [{"lot": 1, "quantity": "1"}], [{"lot": "r1", "quantity": 1}],
                                  [{"lot": "r1", "quantity": "1", "color": "red"}], [None]])  # fmt: skip
def test_lots_are_a_list_of_ids_and_quantities(lots: Any) -> None:
    line = RECEIPT | {"kind": "sale", "proceeds_usd": "1", "lots": lots}
    del line["income"]
    assert refused_key(line) == "lots"


def test_chosen_lots_hold_no_more_than_the_sale() -> None:
    line = RECEIPT | {"kind": "sale", "proceeds_usd": "1", "lots": [{"lot": "r1", "quantity": "0.6"}]}
    del line["income"]
    assert "hold more than the sale" in refused(line)[0]


@pytest.mark.parametrize("select", [[], "receipt", {}, {"kind": "luck"}, {"kind": ["receipt"]}, {"from": "soon"},
                                    {"wallet": 5}, {"asset": "BTC"}])  # fmt: skip
def test_a_selector_names_kind_source_wallet_or_days(select: Any) -> None:
    line = {"kind": "correction", "at": "2025-01-10T12:00:00Z", "reason": "r", "set": {"note": "n"}, "select": select}
    assert "select" in refused_key(line)


@pytest.mark.parametrize("extra", [{}, {"target": "a", "select": {"kind": "receipt"}}])
def test_a_correction_has_a_target_or_a_selector_and_not_both(extra: dict[str, Any]) -> None:
    line = {"kind": "correction", "at": "2025-01-10T12:00:00Z", "reason": "r", "set": {"note": "n"}} | extra
    assert refused_key(line) == "correction"


def test_a_transfer_joins_two_wallets() -> None:
    line = {"kind": "transfer", "at": "2025-01-10T12:00:00Z", "from_wallet": "a", "to_wallet": "a", "asset": "BTC"}
    assert refused_key(line | {"quantity": "1"}) == "transfer"


def test_a_null_is_a_key_left_out() -> None:
    assert parse_event(RECEIPT | {"note": None}, ASSETS, "x") == parse_event(RECEIPT, ASSETS, "x")


def test_an_id_left_out_is_derived_from_the_content_and_from_nothing_else() -> None:
    event = parse_event(RECEIPT, ASSETS, "x")
    again = parse_event(dict(reversed(RECEIPT.items())) | {"at": "2025-01-10T07:00:00-05:00"}, ASSETS, "y")
    assert event.id == again.id == derived_id(event)
    assert event.id.startswith("receipt-")
    assert parse_event(RECEIPT | {"note": "other"}, ASSETS, "x").id != event.id


@pytest.mark.parametrize("facts", [{"aged_65_or_older": 3}, {"blind": "3"}, {"prior_year_months": 13}])
def test_there_are_two_persons_on_a_return_and_twelve_months_in_a_year(facts: dict[str, Any]) -> None:
    line = {"kind": "year_facts", "at": "2025-01-10T12:00:00Z", "year": 2025} | facts
    assert refused_key(line) == next(iter(facts))


@pytest.mark.parametrize("bonus", ["0,4", "1.5", "-0.1", "all"])
def test_a_bonus_is_auto_none_or_a_share(bonus: str) -> None:
    line = {"kind": "equipment", "at": "2025-01-10T12:00:00Z", "equipment": "rig", "cost_usd": "1"}
    days = {"acquired": "2025-01-10", "placed_in_service": "2025-01-10"}
    assert refused(line | days | {"bonus": bonus})


@pytest.mark.parametrize("kind", ["energy", "tariff"])
def test_a_span_of_time_begins_before_it_ends(kind: str) -> None:
    line = {"kind": kind, "at": "2025-01-10T12:00:00Z", "from": "2025-01-02", "to": "2025-01-02"}
    own = {"energy": {"kwh": "1", "meter": "m"}, "tariff": {"price_usd": "0.1"}}
    assert "is no span of time" in refused(line | own[kind])[0]


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=500)
@given(data=st.data())
def test_whatever_stands_in_a_line_it_is_an_event_or_refused_in_words(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    line = data.draw(lines(kind))
    for name in data.draw(st.lists(st.sampled_from([*keys_of(kind), "kind", "book", "zzz"]), min_size=1, max_size=3)):
        line[name] = data.draw(json_values)
    event, problems = taken(line)
    assert (event is None) == bool(problems)
    assert all(problem.startswith("a.jsonl:7: ") for problem in problems)
    if event is not None:
        assert decode(kind_of(event), 1, encode(event)) == event


@pytest.mark.parametrize(
    ("unit", "coin"), [("SAT", "BTC"), ("sats", "BTC"), ("mBTC", "BTC"), ("\u00b5BTC", "BTC"), ("gwei", "ETH")]
)
def test_a_unit_is_no_coin_to_declare(unit: str, coin: str) -> None:
    line = {"kind": "receipt", "at": "2026-03-01T12:00:00Z", "wallet": "w", "asset": unit, "quantity": "1"}
    with pytest.raises(InputRefusedError) as refused:
        parse_event(line | {"income": "bonus"}, AssetTable(), "file:1")
    told = "; ".join(map(str, refused.value.problems))
    assert f"it is a unit of {coin}: tell whole {coin}. If it is another coin, add " in told
