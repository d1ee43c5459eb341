"""`lotwork reconcile` on the command line: a broker's form from its CSV, and a pool's year."""

from __future__ import annotations

from pathlib import Path

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale

BROKER = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "kraken", "custody": "broker"}
PURCHASE = {"kind": "purchase", "id": "b", "at": "2026-01-10T12:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": "2", "cost_usd": "2000"}  # fmt: skip
SALE = sale("s", "2026-03-01", "1", "1500", wallet="kraken", fee_usd="10")
HEAD = "at,wallet,asset,quantity,proceeds_usd,sold,acquired,basis_usd,covered,broker\n"


def imported(lotwork: Caller, tmp_path: Path, *rows: str) -> None:
    form = tmp_path / "1099-da.csv"
    form.write_text(HEAD + "\n".join(rows) + "\n")
    lotwork("import", form, "--map", "generic-1099-da")


def test_a_form_is_imported_and_every_row_of_form_8949_told(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(BROKER, PURCHASE, SALE)
    imported(lotwork, tmp_path, "2027-02-10,kraken,BTC,1,1500.00,2026-03-01,2026-01-10,1000.00,yes,Kraken")
    told = lotwork("reconcile", "broker", "--year", "2026", "--json").result
    assert told["schema"] == "lotwork.reconcile_broker.v1"
    (row,) = told["rows"]
    assert (row["status"], row["differs_in"], row["disposals"]) == ("differs", ["proceeds"], ["s"])
    (entry,) = told["form_8949"]
    assert entry == {
        "box": "G",
        "term": "short",
        "description": "1.00000000 BTC",
        "acquired": "2026-01-10",
        "sold": "2026-03-01",
        "proceeds_usd": "1500.000000",
        "basis_usd": "1000.000000",
        "code": "E",
        "adjustment_usd": "-10.000000",
        "gain_usd": "490.000000",
    }
    assert told["totals"] == {
        "G": {"rows": 1, "proceeds_usd": "1500.000000", "basis_usd": "1000.000000", "adjustment_usd": "-10.000000",
              "gain_usd": "490.000000"}
    }  # fmt: skip
    assert told["broker_totals"]["covered"] == {"lines": 1, "proceeds_usd": "1500.000000", "basis_usd": "1000.000000"}
    assert told["findings"] == []


def test_what_the_irs_sees_and_the_ledger_does_not_ends_with_1(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(BROKER, PURCHASE, SALE)
    imported(
        lotwork,
        tmp_path,
        "2027-02-10,kraken,BTC,1,1490,2026-03-01,,,no,",
        "2027-02-10,kraken,BTC,0.5,800,2026-07-01,,,no,",
    )
    told = lotwork("reconcile", "broker", "--year", "2026", "--json", code=1).result
    assert {"broker_reports_more", "broker_box_differs"} <= codes(told["findings"])
    assert [line["quantity"] for line in told["broker_reports_more"]] == ["0.50000000"]


def test_both_are_tables_for_a_person(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(BROKER, PURCHASE, SALE, receipt("r", "2026-01-10", "0.98", pool="ocean", gross_quantity="1"))
    imported(lotwork, tmp_path, "2027-02-10,kraken,BTC,1,1500.00,2026-03-01,,,yes,Kraken")
    told = lotwork("reconcile", "broker", "--year", "2026", code=1)
    assert "before the fee of 10.00" in told.out
    assert "Box G: 1 row, proceeds 1,500.00, gain 490.00" in told.out
    pools = lotwork("reconcile", "pool", "--year", "2026")
    assert "ocean" in pools.out
    assert "2.0000" in pools.out


def test_a_pools_year_is_told(lotwork: Caller) -> None:
    lotwork.take(
        receipt("r", "2026-01-10", "0.98", pool="ocean", gross_quantity="1", pool_fee_quantity="0.02"),
        {"kind": "balance", "id": "x", "at": "2026-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1"},
    )
    told = lotwork("reconcile", "pool", "--year", "2026", "--json", code=1).result
    (row,) = told["rows"]
    assert (row["gross_quantity"], row["fee_quantity"], row["fee_percent"], row["net_quantity"]) == (
        "1.00000000", "0.02000000", "2.0000", "0.98000000",
    )  # fmt: skip
    assert [said["differs_by"] for said in told["balances"]] == ["0.02000000"]
    assert codes(told["findings"]) == {"balance_differs"}


def test_the_loss_of_a_wash_sale_of_a_security_is_code_w(lotwork: Caller, tmp_path: Path) -> None:
    """26 U.S.C. 1091: shares of a spot fund, bought again within 30 days; securities keep boxes A to F."""
    fund = {"kind": "asset", "id": "a", "at": "2020-01-01T00:00:00Z", "asset": "FUND", "decimals": 4}
    shares = {"asset": "FUND", "quantity": "1"}
    again = PURCHASE | shares | {"id": "again", "at": "2026-03-10T12:00:00Z", "cost_usd": "710"}
    lotwork.take(
        fund | {"class": "security"},
        BROKER,
        PURCHASE | shares | {"cost_usd": "1000"},
        again,
        sale("s", "2026-03-01", "1", "700", wallet="kraken", asset="FUND"),
    )
    imported(lotwork, tmp_path, "2027-02-10,kraken,FUND,1,700.00,2026-03-01,2026-01-10,1000.00,yes,Kraken")
    told = lotwork("reconcile", "broker", "--year", "2026", "--json").result
    (entry,) = told["form_8949"]
    assert (entry["box"], entry["code"], entry["adjustment_usd"]) == ("A", "W", "300.000000")
    assert entry["gain_usd"] == "0.000000"


def test_where_a_pool_tells_both_the_other_policy_is_shown_beside_the_booked_one(lotwork: Caller) -> None:
    seen = {"kind": "credit", "id": "c", "at": "2026-02-01T00:00:00Z", "pool": "foundry", "asset": "BTC"}
    lotwork.take(receipt("p", "2026-03-01", "0.01", "80000", pool="foundry"), {**seen, "quantity": "0.011"})
    told = lotwork("reconcile", "pool", "--year", "2026", "--json").result
    assert [(row["month"], row["on_credit_quantity"], row["on_payout_usd"]) for row in told["policies"]] == [
        ("2026-02", "0.01100000", "0.000000"),
        ("2026-03", "0.00000000", "800.000000"),
    ]
    assert told["policy_totals"] == {"on_credit_usd": "0.000000", "on_payout_usd": "800.000000", "unpriced": 1}
    assert "By either policy 2026" in lotwork("reconcile", "pool", "--year", "2026").out
