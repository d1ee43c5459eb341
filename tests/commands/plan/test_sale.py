"""A sale planned on the command line: its ways, its selection, how it is refused; the ledger is as it was."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.commands.plan.mining import ON, PRICE, PROFILE, mined
from tests.projections.house import receipt


def wallet_lots(told: dict[str, Any]) -> list[str]:
    (wallet,) = told["wallets"]
    return [row["lot"] for row in wallet["selection"]["lots"]]


def test_a_sale_is_planned_and_its_selection_can_be_imported(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--json").result
    assert told["schema"] == "lotwork.plan_sale.v1"
    assert {"book", "position", "head", "law", "findings"} <= told.keys()
    assert wallet_lots(told) == ["new"]
    assert told["price"] == {"asset": "BTC", "price_usd": "80000", "source": "manual", "day": "2026-05-30"}
    assert told["proceeds_usd"] == "40000.000000"
    (wallet,) = told["wallets"]
    assert [row["method"] for row in wallet["rows"]] == ["fifo", "lifo", "hifo", "lofo", "specific"]
    assert wallet["rows"][0]["long_gain_usd"] == "30000.000000"
    assert wallet["best"] == "specific"
    before = lotwork("head", "--json").result["position"]
    assert before == 4
    lotwork.take(wallet["selection"])
    assert lotwork("head", "--json").result["position"] == 5


def test_a_wallet_that_is_not_there_is_refused_with_the_near_name(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--wallet", "colt", code=2).err
    assert "the book has no wallet 'colt': did you mean 'cold'?" in told
    told = lotwork("plan", "sale", "0.5", *ON, "--wallet", "exchange", code=2).err
    assert "the book has no wallet 'exchange': here are cold" in told


def test_a_sale_is_a_table_with_the_commands_that_record_it_for_a_person(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--fee", "1%", "--lots", "new=0.5")
    assert "on 2026-06-01 at 80,000.00 (manual 2026-05-30): 40,000.00 less a fee of 400.00" in told.out
    assert all(word in told.out for word in ("fifo", "lifo", "hifo", "lofo", "specific", "chosen", "After tax cash"))
    choose, sold = (line for line in told.out.splitlines() if line.startswith("lotwork add "))
    assert told.out.endswith(f"Once it is sold, record when, and what it brought:\n{sold}\n")
    lotwork(*shlex.split(choose)[1:])
    assert lotwork(*shlex.split(sold)[1:], code=3).err.count("INSTANT") == 1, "what only a person knows is asked for"
    told_then = sold.replace("INSTANT", "2026-06-02T15:00:00Z").replace("fee_usd=AMOUNT", "fee_usd=400")
    lotwork(*shlex.split(told_then.replace("AMOUNT", "40000"))[1:])
    (row,) = lotwork.rows("gains", "--year", "2026")
    assert (row["lot"], row["quantity"], row["proceeds_usd"]) == ("new", "0.50000000", "39600.000000")


def test_the_commands_name_their_book_and_many_lots_go_by_a_file(lotwork: Caller) -> None:
    lots = [receipt(f"payout-number-{each}", "2026-01-01", "0.01", "50000", book="farm") for each in range(60)]
    lotwork.take(*lots)
    asked = ("plan", "sale", "--as-of", "2026-06-01", "--price", "80000", "--book", "farm")
    assert "lotwork --book farm add selection " in lotwork(*asked, "0.05", code=None).out
    told = lotwork(*asked, "0.6", code=None).out
    assert "write this line into a file" in told
    assert "lotwork --book farm add sale at=INSTANT wallet=cold asset=BTC quantity=0.60000000" in told
    line = json.loads(next(line for line in told.splitlines() if line.startswith('{"kind": "selection"')))
    assert (len(line["lots"]), line["book"]) == (60, "farm")


def test_a_sale_whose_every_way_costs_the_same_says_so_and_what_it_was_chosen_by(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", "--as-of", "2025-12-01", "--price", "80000")
    assert "Every way adds the same tax; taken is" in told.out
    assert "Least tax: specific." in lotwork("plan", "sale", "0.5", *ON).out


def test_a_day_that_is_over_is_planned_with_a_finding(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--on", "2026-05-31", "--json", code=1).result
    assert codes(told["findings"]) == {"plan_in_the_past"}


def test_a_day_to_come_is_planned_with_what_is_known_today(lotwork: Caller) -> None:
    """What was recorded of June 2 is left out of a plan made on June 1 for July."""
    lotwork.take(*mined(), receipt("unknown yet", "2026-06-02", "1", "99000"))
    told = lotwork("plan", "sale", "0.5", *ON, "--on", "2026-07-01", "--json").result
    assert wallet_lots(told) == ["new"]
    assert told["on"] == "2026-07-01"


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("0.5", "--on", "2026-05-01"), 3, "no price of BTC is known"),
        (("5", *ON), 3, "no wallet holds 5.00000000 BTC"),
        (("0.5", *ON, "--wallet", "nowhere"), 2, "the book has no wallet"),
        (("0.5", "--on", "2031-06-01"), 3, "2031"),
        (("0.5", *ON, "--asset", "FOO"), 3, "asset FOO is not declared: add an"),
        (
            ("0.5", *ON, "--asset", "btc"),
            3,
            "asset btc is not declared: did you mean 'BTC'? If it is another coin, add",
        ),
        (("0", *ON), 2, "give more than 0"),
        (("ten", *ON), 2, "not a decimal number"),
        (("0.5", *ON, "--price", "-3"), 2, "give more than 0"),
        (("0.5", *ON, "--fee", "lots"), 3, "--fee"),
        (("0.5", *ON, "--lots", "=1"), 2, "write the id of a lot"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_reason(
    lotwork: Caller, words: tuple[str, ...], code: int, reason: str
) -> None:
    lotwork.take(PROFILE, PRICE, receipt("old", "2025-02-01", "1", None), receipt("new", "2026-01-10", "1", None))
    lotwork.take(receipt("priced", "2025-02-02", "1", value_usd="100", price=None))
    assert reason in lotwork("plan", "sale", *words, code=code).err
