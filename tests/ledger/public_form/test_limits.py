"""The limits of the public form: the last of each kind that is taken, and the first that is refused, with what to do.

The limits are written out here, and not taken from the product, so that none of them moves unseen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.events import Receipt
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.public_form.jsonlines import read_json_lines
from lotwork.ledger.units import Asset, AssetTable

ASSETS = AssetTable().with_declared([Asset("FINE", 36), Asset("WHOLE", 0)])
AT = {"at": "2025-01-10T12:00:00Z"}
LINES: dict[str, dict[str, Any]] = {
    "asset": AT | {"asset": "RVN", "decimals": 8},
    "receipt": AT | {"wallet": "cold", "asset": "BTC", "quantity": "1", "income": "pool_payout"},
    "sale": AT | {"wallet": "cold", "asset": "BTC", "quantity": "1", "proceeds_usd": "1"},
    "balance": AT | {"wallet": "cold", "asset": "BTC", "quantity": "1"},
    "price": AT | {"asset": "BTC", "price_usd": "1", "source": "me"},
    "expense": AT | {"category": "rent", "amount_usd": "1"},
    "tariff": AT | {"from": "2025-01-01"},
    "energy": AT | {"kwh": "1", "from": "2025-01-01", "to": "2025-02-01", "meter": "rigs"},
    "payment": AT | {"year": 2025, "amount_usd": "1", "type": "estimated"},
    "year_facts": AT | {"year": 2025},
    "home_office": AT | {"year": 2025, "method": "simplified", "office_sqft": "100"},
    "equipment": AT
    | {"equipment": "rig", "cost_usd": "1", "acquired": "2025-01-01", "placed_in_service": "2025-01-01"},
}


class Limit(NamedTuple):
    """A key of a kind, the last value it takes, the first it does not, and what is said of that one."""

    kind: str
    key: str
    last: Any
    beyond: Any
    told: str


TOO_MANY_DIGITS = "the number has too many digits: at most 40 are read"
NOT_ABOVE = "is not above zero: a reversal is a void or a correction, not a negative amount"
BELOW = "is below zero: record what came back as an `expense` with refund_of=BILL"
PENDING = (
    "leave the key out: it stays pending until a price is known; where no market has the coin, say so in `no_market`"
)
NO_PRICE = "is no price: leave it out: the event stays pending until one is known"
OUTSIDE = "lies outside 1980 to 2199: correct the year"
TOO_LONG = "the text is empty or too long: write 1 to 4096 characters"
WHOLE = "is not a whole number: write digits only"
NINES = "9" * 40

LIMITS = [
    Limit("receipt", "quantity", f"{NINES[:32]}.{NINES[:8]}", f"{NINES[:33]}.{NINES[:8]}", TOO_MANY_DIGITS),
    Limit("receipt", "quantity", "0.00000001", "0.00000000", NOT_ABOVE),
    Limit("receipt", "quantity", "1.00000001", "1.000000001", "at most 8 are exact here; round it where it was made"),
    Limit("balance", "quantity", "0", "-0.00000001", NOT_ABOVE),
    Limit("expense", "amount_usd", "9999999999999.999999", "10000000000000", "write an amount below 10000000000000"),
    Limit("expense", "amount_usd", "0", "-0.000001", BELOW),
    Limit("expense", "amount_usd", "0.000001", "0.0000001", "at most 6 are exact here; round it where it was made"),
    Limit("receipt", "value_usd", "9999999999999.999999", "10000000000000", "write an amount below 10000000000000"),
    Limit("receipt", "value_usd", "0.000001", "0", PENDING),
    Limit("year_facts", "wages_usd", "9999999999999.999999", "10000000000000", "write an amount below 10000000000000"),
    Limit("price", "price_usd", f"9999999999999.{NINES[:18]}", "10000000000000", NO_PRICE),
    Limit("price", "price_usd", f"0.{'0' * 17}1", "0", NO_PRICE),
    Limit("price", "price_usd", f"0.{'0' * 17}1", f"1.{'0' * 18}1", "at most 18 are exact here"),
    Limit("tariff", "price_usd", f"-9999999999999.{NINES[:18]}", "-10000000000000", "write one between"),
    Limit("receipt", "at", "1980-01-01T00:00:00Z", "1979-12-31T23:59:59.999999Z", OUTSIDE),
    Limit("receipt", "at", "1979-12-31T23:00:00-01:00", "1980-01-01T00:59:59+01:00", OUTSIDE),
    Limit("receipt", "at", "2199-12-31T23:59:59.999999Z", "2200-01-01T00:00:00Z", OUTSIDE),
    Limit("receipt", "at", "2200-01-01T00:59:59+01:00", "2199-12-31T23:00:00-01:00", OUTSIDE),
    Limit("receipt", "at", "2024-02-29T00:00:00Z", "2025-02-29T00:00:00Z", "correct the date"),
    Limit("equipment", "acquired", "1980-01-01", "1979-12-31", OUTSIDE),
    Limit("equipment", "placed_in_service", "2199-12-31", "2200-01-01", OUTSIDE),
    Limit("payment", "year", 2199, 2200, '2200 is not a tax year: write it like 2026 or "2026"'),
    Limit("payment", "year", "1980", "1979", '1979 is not a tax year: write it like 2026 or "2026"'),
    Limit("receipt", "id", "i" * 4096, "i" * 4097, TOO_LONG),
    Limit("receipt", "wallet", "w", "", TOO_LONG),
    Limit("receipt", "note", "\u00e9" * 4096, "\u00e9" * 4097, TOO_LONG),
    Limit("receipt", "height", 999_999_999_999, 1_000_000_000_000, WHOLE),
    Limit("receipt", "height", "999999999999", "1000000000000", WHOLE),
    Limit("receipt", "height", 0, -1, WHOLE),
    Limit("expense", "business_share", "1.000000000000", "1.000000000001", 'write 0 to 1, like "0.9" for 90 percent'),
    Limit("expense", "business_share", "0", "-0.000000000001", 'write 0 to 1, like "0.9" for 90 percent'),
    Limit("expense", "business_share", f"0.{NINES[:12]}", f"0.{NINES[:13]}", "at most 12 are exact here"),
    Limit("energy", "kwh", f"{NINES[:28]}.{NINES[:12]}", f"{NINES[:29]}.{NINES[:12]}", TOO_MANY_DIGITS),
    Limit("energy", "kwh", "0", "-0.1", "a meter never runs backwards"),
    Limit("home_office", "months", 12, 13, "13 are too many: write 0 to 12"),
    Limit("asset", "decimals", 36, 37, "an asset has 0 to 36 decimals: correct the line"),
]  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.kind} {limit.key} {str(limit.beyond)[:24]}")
def test_the_last_is_taken_and_comes_out_again_and_the_first_beyond_is_refused_with_what_to_do(limit: Limit) -> None:
    line = {"kind": limit.kind} | LINES[limit.kind]
    taken = parse_event(line | {limit.key: limit.last}, ASSETS, "a.jsonl:7")
    assert parse_event(to_contract(taken, ASSETS), ASSETS, "a.jsonl:7") == taken
    with pytest.raises(InputRefusedError) as refusal:
        parse_event(line | {limit.key: limit.beyond}, ASSETS, "a.jsonl:7")
    (problem,) = refusal.value.problems
    assert str(problem).startswith(f"a.jsonl:7: {limit.kind if limit.kind == 'asset' else limit.key}: ")
    assert str(problem).endswith(limit.told) or f": {limit.told}" in str(problem)


@pytest.mark.parametrize(
    ("asset", "last", "beyond"),
    [
        ("WHOLE", NINES, NINES + "9"),
        ("WHOLE", "1", "1.0"),
        ("BTC", f"{NINES[:32]}.{NINES[:8]}", f"1{'0' * 32}.00000001"),
        ("ETH", f"{NINES[:22]}.{NINES[:18]}", f"{NINES[:23]}.{NINES[:18]}"),
        ("FINE", f"9999.{NINES[:36]}", f"99999.{NINES[:36]}"),
        ("FINE", f"0.{'0' * 35}1", f"0.{'0' * 36}1"),
    ],
)  # fmt: skip
def test_an_asset_of_any_scale_is_counted_to_forty_digits_and_its_last_decimal(
    asset: str, last: str, beyond: str
) -> None:
    line = {"kind": "balance"} | LINES["balance"] | {"asset": asset}
    taken = to_contract(parse_event(line | {"quantity": last}, ASSETS, "x"), ASSETS)
    assert taken["quantity"] == last
    with pytest.raises(InputRefusedError, match=r"at most \d+ are"):
        parse_event(line | {"quantity": beyond}, ASSETS, "x")


@pytest.mark.parametrize(
    ("asset", "price", "last", "beyond"),
    [
        ("BTC", "9999999999999.999999", "1", "1.00000001"),
        ("BTC", "9999999999999.9999994", "1", "1.00000001"),
        ("BTC", "1", "9999999999999.99999949", "9999999999999.99999950"),
        ("BTC", "100000", "99999999.99999999", "100000000"),
        ("ETH", "0.000000000000000001", f"{NINES[:22]}.{NINES[:18]}", None),
        ("ETH", "1000000000000", f"9.{NINES[:18]}", "10"),
    ],
)  # fmt: skip
def test_a_quantity_times_a_price_is_an_amount_too_and_is_refused_beyond_the_largest(
    asset: str, price: str, last: str, beyond: str | None
) -> None:
    line = {"kind": "receipt"} | LINES["receipt"] | {"asset": asset, "price_usd": price}
    taken = parse_event(line | {"quantity": last}, ASSETS, "x")
    assert isinstance(taken, Receipt)
    assert taken.value_usd_micros is not None
    assert taken.value_usd_micros < 10**19
    if beyond is not None:
        with pytest.raises(InputRefusedError) as refusal:
            parse_event(line | {"quantity": beyond}, ASSETS, "a.jsonl:7")
        (problem,) = refusal.value.problems
        assert str(problem) == (
            "a.jsonl:7: receipt: price_usd times quantity is too many dollars: correct the price or the quantity"
        )


def test_a_price_just_below_the_largest_amount_is_refused_where_its_value_rounds_up_to_it() -> None:
    line = {"kind": "receipt"} | LINES["receipt"] | {"price_usd": "9999999999999.9999995"}
    with pytest.raises(InputRefusedError, match="refused"):
        parse_event(line, ASSETS, "x")


def test_a_line_of_a_mebibyte_is_read_and_one_of_a_byte_more_ends_the_reading(tmp_path: Path) -> None:
    longest = b'{"a":"' + b"x" * (2**20 - 9) + b'"}\n'
    assert len(longest) == 2**20
    for line, told in ((longest, 2), (b" " + longest, 1)):
        (tmp_path / "a.jsonl").write_bytes(b'{"b":"1"}\n' + line)
        problems: list[Problem] = []
        assert len(list(read_json_lines(tmp_path / "a.jsonl", problems))) == told
        assert [str(each) for each in problems] == [
            "a.jsonl:2: line: the line is longer than 1 MiB: write one event a line"
        ] * (2 - told)
