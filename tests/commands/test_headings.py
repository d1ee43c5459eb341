"""What a column says of its cells by its name, a unit, a coin, a money, a clock, is held against the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take

PAID: dict[str, Any] = {
    "kind": "receipt",
    "columns": {"at": "Date", "quantity": "Amount"},
    "constants": {"wallet": "rig", "asset": "BTC", "income": "pool_payout"},
}
BILL: dict[str, Any] = {
    "kind": "expense",
    "columns": {"at": "Date", "amount_usd": "Amount"},
    "constants": {"category": "electricity"},
}
METER: dict[str, Any] = {
    "kind": "energy",
    "columns": {"at": "Date", "kwh": "Amount", "from": "From", "to": "To"},
    "constants": {"meter": "m"},
}


TARIFF: dict[str, Any] = {"kind": "tariff", "columns": {"at": "Date", "from": "Date", "price_usd": "Amount"}}


def called(told: dict[str, Any], key: str, column: str, **more: Any) -> dict[str, Any]:
    return {**told, "columns": {**told["columns"], key: column}, **more}


def rows(column: str, amount: str = "125000") -> str:
    return f"Date,{column}\n2025-03-01T10:00:00Z,{amount}\n"


@pytest.mark.parametrize(
    ("column", "unit", "quantity"),
    [
        ("Amount (sats)", "sats", "0.00125000"),
        ("amount_sat", "sats", "0.00125000"),
        ("PayoutSatoshis", "sats", "0.00125000"),
        ("Reward mBTC", "thousandths", "125.00000000"),
        ("Betrag [\u00b5BTC]", "millionths", "0.12500000"),
    ],
)
def test_a_column_in_a_small_unit_is_no_column_of_whole_coins(
    lotwork: Caller, column: str, unit: str, quantity: str
) -> None:
    told = take(lotwork, rows(column), called(PAID, "quantity", column), code=3)
    assert f'it is in {unit}, by its name: say units.quantity = "{unit}" in the map, or "whole"' in told.err
    take(lotwork, rows(column), called(PAID, "quantity", column, units={"quantity": unit}))
    assert f'"quantity":"{quantity}"' in lotwork("export").out.replace(" ", "")


def test_a_person_who_says_that_a_column_is_in_whole_coins_is_believed(lotwork: Caller) -> None:
    take(lotwork, rows("Sats", "1"), called(PAID, "quantity", "Sats", units={"quantity": "whole"}))
    assert '"1.00000000"' in lotwork("export").out


def test_a_unit_that_no_map_reads_is_refused(lotwork: Caller) -> None:
    told = take(lotwork, rows("Amount (msat)"), called(PAID, "quantity", "Amount (msat)"), code=3)
    assert "it is in a unit that no map reads: reckon it in another column" in told.err


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("Amount (LTC)", "it is in LTC, by its name, and the map says BTC"),
        ("payout_eth", "it is in ETH, by its name, and the map says BTC"),
        ("Amount (USD)", "it is in USD, by its name, and no count of coins"),
        ("Wert in €", "it is in EUR, by its name, and no count of coins"),
    ],
)
def test_a_column_of_another_coin_or_of_money_counts_no_bitcoins(lotwork: Caller, column: str, said: str) -> None:
    assert said in take(lotwork, rows(column, "1"), called(PAID, "quantity", column), code=3).err


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("Amount (EUR)", "it is in EUR, by its name, and amount_usd in dollars"),
        ("Betrag in Euro", "it is in EUR, by its name, and amount_usd in dollars"),
        ("£ paid", "it is in GBP, by its name, and amount_usd in dollars"),
        ("Fee (BTC)", "it is in BTC, by its name, and amount_usd in dollars"),
        ("Amount (cents)", 'it is in cents, by its name: say units.amount_usd = "cents"'),
    ],
)
def test_a_column_of_another_money_is_in_no_dollars(lotwork: Caller, column: str, said: str) -> None:
    """26 U.S.C. 985: the return is in dollars."""
    assert said in take(lotwork, rows(column, "12.50"), called(BILL, "amount_usd", column), code=3).err


@pytest.mark.parametrize("column", ["Rate (cents/kWh)", "cents per kWh", "¢/kWh"])
def test_a_rate_in_cents_is_none_in_dollars(lotwork: Caller, column: str) -> None:
    assert (
        "it is in cents, by its name"
        in take(lotwork, rows(column, "12"), called(TARIFF, "price_usd", column), code=3).err
    )
    take(lotwork, rows(column, "12"), called(TARIFF, "price_usd", column, units={"price_usd": "cents"}))
    assert '"price_usd":"0.12"' in lotwork("export").out.replace(" ", "")


@pytest.mark.parametrize(("column", "unit"), [("Energy (Wh)", "thousandths"), ("energy_wh", "thousandths")])
def test_watt_hours_are_no_kilowatt_hours(lotwork: Caller, column: str, unit: str) -> None:
    text = f"Date,From,To,{column}\n2025-03-02T00:00:00Z,2025-03-01,2025-03-02,125000\n"
    assert f'units.kwh = "{unit}"' in take(lotwork, text, called(METER, "kwh", column), code=3).err
    take(lotwork, text, called(METER, "kwh", column, units={"kwh": unit}))
    assert '"kwh":"125"' in lotwork("export").out.replace(" ", "")


@pytest.mark.parametrize(
    ("column", "zone", "right", "instant"),
    [
        ("Time (UTC+8)", "UTC", "Etc/GMT-8", "2025-07-01T02:00:00Z"),
        ("TimeUTC", "America/New_York", "UTC", "2025-07-01T10:00:00Z"),
        ("time, GMT -05:00", "America/New_York", "Etc/GMT+5", "2025-07-01T15:00:00Z"),
    ],
)
def test_a_clock_that_a_column_names_is_not_that_of_the_map(
    lotwork: Caller, column: str, zone: str, right: str, instant: str
) -> None:
    text = f'"{column}",Amount\n2025-07-01 10:00:00,0.1\n'
    told = take(lotwork, text, called(PAID, "at", column, time_zone=zone), code=3)
    assert f'by another clock, by its name, than {zone}: say time_zone = "{right}" in the map' in told.err
    take(lotwork, text, called(PAID, "at", column, time_zone=right))
    assert instant in lotwork("export").out


@pytest.mark.parametrize(
    ("told", "key", "column"),
    [
        (PAID, "quantity", "Amount BTC"),
        (PAID, "quantity", "Reward (XBT)"),
        (PAID, "quantity", "Coins (fees etc.)"),
        (PAID, "quantity", "Satisfied amount"),
        (BILL, "amount_usd", "Amount (USD)"),
        (BILL, "amount_usd", "Cost of BTC"),
        (BILL, "amount_usd", "BTC power bill"),
        (BILL, "amount_usd", "Amount in $, of 12 EUR"),
        (PAID, "at", "Date (UTC+8)"),
    ],
)
def test_a_name_that_says_the_same_or_nothing_is_well(lotwork: Caller, told: Any, key: str, column: str) -> None:
    text = rows("Amount", "1").replace("Date" if key == "at" else "Amount", f'"{column}"')
    assert "1 appended" in take(lotwork, text, called(told, key, column)).out


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("Date,Amount (sats)", ['quantity = "sats"', 'kind = "receipt"']),
        ("Date,Reward mBTC", ['quantity = "thousandths"', 'kind = "receipt"']),
        ("Time (UTC+8),Amount BTC", ['time_zone = "Etc/GMT-8"', 'asset = "BTC"']),
    ],
)
def test_the_map_to_edit_has_what_the_names_say(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, lines: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(f"{header}\n2025/03/01 10:00,12\n", encoding="utf-8")
    lotwork("import", "export.csv", "--explore")
    made = Path("export.csv.map.toml").read_text(encoding="utf-8")
    assert all(line in made for line in lines)


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("1,234", "12,500"), "# 1,234 may be in thousands, or have a decimal comma"),
        (("1,234", "12"), "# 1,234 may be in thousands, or have a decimal comma"),
        (("1,234", "0,5"), 'decimal = ","'),
        (("1,234", "1,234.50"), 'thousands = ","'),
        (("1,234", "1,234,567"), 'thousands = ","'),
        (("1.234", "1.5"), 'thousands = ","'),
    ],
)
def test_of_a_comma_that_may_be_either_sign_a_person_says_which(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: tuple[str, str], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"2025-03-0{day}T10:00:00Z;{cell}\n" for day, cell in enumerate(cells, start=1))
    Path("export.csv").write_text(f"Date;Amount BTC\n{rows}", encoding="utf-8")
    lotwork("import", "export.csv", "--explore")
    made = Path("export.csv.map.toml").read_text(encoding="utf-8")
    assert f"\n{line}" in made
    told = lotwork("import", "export.csv", "--map", "export.csv.map.toml", "--set", "wallet=w", code=None)
    assert (told.code == 3) == line.startswith("#")
