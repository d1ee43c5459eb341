"""Import, add, export: all or nothing, every problem at once, and the same again is nothing new."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.drawing import stream
from tests.projections.house import receipt, sale

A = receipt("a", "2025-01-01", "1")
B = receipt("b", "2025-01-02", "2")
EXPENSE = ("at=2025-03-01T12:00:00Z", "category=electricity", "amount_usd=120.50")


def position(lotwork: Caller) -> int:
    return int(lotwork("head", "--json").result["position"])


def test_what_is_imported_is_there_and_again_is_nothing_new(lotwork: Caller) -> None:
    assert lotwork.take(A, B).out == "book main: 2 appended, 0 known already; the log ends at 2\n"
    head = lotwork("head").out
    again = lotwork("import", lotwork.home.parent / "events.jsonl", "--json").result
    assert (again["events"], again["appended"], again["known"], again["books"][0]["position"]) == (2, 0, 2, 2)
    assert lotwork("head").out == head


def test_a_file_that_says_one_thing_twice_says_it_once(lotwork: Caller) -> None:
    lotwork.take(A, A)
    assert position(lotwork) == 1


def test_one_bad_line_keeps_every_line_out(lotwork: Caller) -> None:
    told = lotwork.take(A, B | {"quantity": 2}, sale("s", "2025", "1", "5"), code=3)
    assert told.out == ""
    assert "refused: 2 problems, nothing was appended" in told.err
    assert "events.jsonl:2: quantity: 2 is a JSON int: write amounts as strings" in told.err
    assert "events.jsonl:3: at: " in told.err
    assert position(lotwork) == 0


def test_a_bad_line_in_the_second_file_keeps_the_first_out(lotwork: Caller, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(json.dumps(A), encoding="utf-8")
    bad.write_text("{", encoding="utf-8")
    told = lotwork("import", good, bad, "--json", code=3)
    (problem,) = told.result["problems"]
    assert (problem["where"], problem["key"]) == ("bad.jsonl:1", "line")
    assert told.result["exit_code"] == 3
    assert position(lotwork) == 0


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
def test_an_id_recorded_with_other_content_is_refused_at_its_line(lotwork: Caller, how: tuple[str, ...]) -> None:
    lotwork.take(A)
    file = lotwork.home.parent / "more.jsonl"
    file.write_text(f"{json.dumps(B)}\n{json.dumps(A | {'quantity': '3'})}\n", encoding="utf-8")
    told = lotwork("import", file, *how, code=3)
    assert "more.jsonl:2: id: 'a' is recorded with other content: quantity is 100000000 in the log" in told.err
    assert position(lotwork) == 1


def test_an_id_told_twice_with_other_content_is_refused_at_its_line(lotwork: Caller) -> None:
    told = lotwork.take(A, A | {"quantity": "3"}, code=3)
    assert "events.jsonl:2: id: 'a' has other content at events.jsonl:1: give each event its own id" in told.err


def test_a_pools_report_that_names_no_wallet_is_given_one(lotwork: Caller, tmp_path: Path) -> None:
    file = tmp_path / "payouts.csv"
    file.write_text(f"TimeUTC,PayoutAmt,PayoutAddress,TXID\n2026-06-05T20:14:33,1048576,bc1q,{'ab' * 32}\n")
    assert "wallet: a row must have it" in lotwork("import", file, "--map", "ocean-payouts", code=3).err
    lotwork("import", file, "--map", "ocean-payouts", "--wallet", "cold")
    (line,) = lotwork("export", "jsonl").out.splitlines()
    assert json.loads(line)["wallet"] == "cold"


def test_a_dry_run_says_what_is_wrong_and_appends_nothing(lotwork: Caller) -> None:
    file = lotwork.home.parent / "events.jsonl"
    file.write_text(json.dumps(A), encoding="utf-8")
    assert "1 event is well; nothing was appended" in lotwork("import", file, "--dry-run").out
    assert lotwork("import", file, "--dry-run", "--json").result["appended"] == 0
    assert position(lotwork) == 0
    lotwork("import", file)
    lotwork("import", file, "--dry-run")


def test_books_are_kept_apart(lotwork: Caller) -> None:
    lotwork.take(A, A | {"book": "her", "quantity": "5"}, B | {"book": "her"})
    assert [row["quantity"] for row in lotwork.rows("lots", "--book", "her")] == ["5.00000000", "2.00000000"]
    assert [row["quantity"] for row in lotwork.rows("--book", "main", "lots")] == ["1.00000000"]
    assert "holds no book 'nobody': here are her, main" in lotwork("head", "--book", "nobody", "--json", code=2).err


@pytest.mark.parametrize("book", ["mian", "Main", "man", "maiin", "m-ain", "MAIN."])
def test_a_slip_makes_no_other_book(lotwork: Caller, book: str) -> None:
    """What it holds would be in no return of the one that was meant."""
    lotwork.take(A)
    assert f"there is no book '{book}' yet: did you mean 'main'?" in lotwork.take(B | {"book": book}, code=3).err
    said = ("kind=receipt", *(f"{key}={value}" for key, value in B.items() if key != "kind"))[1:]
    assert lotwork("--book", book, "add", "receipt", *said, code=3).code
    lotwork("init", "--no-input", "--book", book, "--activity", "business")
    assert f"book {book}: 1 appended" in lotwork.take(B | {"book": book}).out


@pytest.mark.parametrize("book", ["her", "main2", "main-2024", "mine", "ma", "demo", "hauptbuch"])
def test_a_book_of_another_name_is_another_book(lotwork: Caller, book: str) -> None:
    lotwork.take(A)
    assert f"book {book}: 1 appended" in lotwork.take(B | {"book": book}).out


def test_of_two_new_books_none_is_a_slip(lotwork: Caller) -> None:
    lotwork.take(A | {"book": "rigs"}, B | {"book": "rig"})


@pytest.mark.parametrize("book", ["", " ", "a\u0007", "x" * 65, 5])
def test_a_book_has_a_name(lotwork: Caller, book: Any) -> None:
    lotwork.take(A | {"book": book}, code=3)


def test_assets_may_be_declared_on_any_line(lotwork: Caller) -> None:
    lotwork.take(
        A | {"asset": "RVN", "quantity": "0.1"},
        {"kind": "asset", "at": "2020-01-01T00:00:00Z", "asset": "RVN", "decimals": 4},
    )
    assert [row["quantity"] for row in lotwork.rows("lots")] == ["0.1000"]
    told = lotwork.take({"kind": "asset", "at": "2021-01-01T00:00:00Z", "asset": "RVN", "decimals": 5}, code=3)
    assert "RVN has 4 decimals, not 5" in told.err


def test_evidence_is_kept_by_its_digest(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    digest = hashlib.sha256(b"a bill").hexdigest()
    lotwork.take(A | {"evidence": "bill.pdf"})
    assert json.loads(lotwork("export", "jsonl").out)["evidence"] == digest
    assert lotwork("verify", "--json").result["ok"] is True
    kept = [path for path in (lotwork.home / "evidence").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [b"a bill"]
    lotwork("import", lotwork.home.parent / "events.jsonl", "--dry-run")


@pytest.mark.parametrize("evidence", ["missing.pdf", ".", 5, "a" * 5000, "a\u0000b", "../../nothing"])
def test_evidence_that_is_no_file_is_refused(lotwork: Caller, evidence: Any) -> None:
    told = lotwork.take(A | {"evidence": evidence}, code=3)
    assert "events.jsonl:1: evidence: " in told.err


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", 0, ""),
        (b"\n\n \n", 0, ""),
        (b"\xef\xbb\xbf" + json.dumps(A).encode() + b"\r\n", 0, ""),
        (b"\x00\x01\x02\xff\xfe" * 100, 3, "bytes:1: line: it is not"),
        (json.dumps(A).encode("utf-16"), 3, "bytes: file: it is UTF-16, and no UTF-8: save it as UTF-8"),
        (b'{"note":"' + b"x" * 10_000_000 + b'"}', 3, "bytes:1: line: the line is longer than 1 MiB"),
        (b"PK\x03\x04", 3, "bytes: file: the workbook is broken"),
    ],
    ids=["empty", "blank", "mark and CRLF", "binary", "UTF-16", "10 MB line", "zip"],
)
def test_files_of_every_sort_are_read_or_refused_in_words(
    lotwork: Caller, tmp_path: Path, content: bytes, code: int, said: str
) -> None:
    (tmp_path / "bytes").write_bytes(content)
    assert said in lotwork("import", tmp_path / "bytes", code=code).err


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_what_is_no_file_is_refused_by_name(lotwork: Caller, tmp_path: Path, name: str) -> None:
    told = lotwork("import", tmp_path / name, "--json", code=3)
    assert ("there is no file" if "." in name[1:] else "is a folder: name the files in it") in told.result["message"]


def test_a_filing_is_not_written_by_hand(lotwork: Caller) -> None:
    assert "run `lotwork file --year Y`" in lotwork.take({"kind": "filing", "at": "2025-01-01T00:00:00Z"}, code=3).err


VOID = {"kind": "void", "at": "2025-06-01T00:00:00Z", "reason": "r"}
CORRECTION = {"kind": "correction", "at": "2025-06-01T00:00:00Z", "reason": "r"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (VOID | {"target": "nobody"}, "target: no event has the id 'nobody'"),
        (CORRECTION | {"target": "nobody", "set": {"note": "n"}}, "target: no event has the id 'nobody'"),
        (CORRECTION | {"target": "a", "set": {"quantity": 2}}, "set: quantity: 2 is a JSON int"),
        (CORRECTION | {"target": "a", "set": {"quantity": "-2"}}, "set: quantity: -2 is not above zero"),
        (CORRECTION | {"target": "a", "set": {"colour": "red"}}, "set: colour: a receipt has no such key"),
        (CORRECTION | {"target": "a", "set": {"kind": "sale"}}, "set: proceeds_usd: every sale must have it"),
        (CORRECTION | {"target": "a", "set": {"kind": ["sale"]}}, "set: kind: "),
        (CORRECTION | {"target": "a", "set": {"id": "b"}}, "an event keeps its id"),
        (CORRECTION | {"target": "a", "set": {"evidence": "bill.pdf"}}, "set: evidence: "),
        (CORRECTION | {"select": {"kind": "receipt"}, "set": {"colour": "red"}}, "set: colour: a receipt has no"),
        (CORRECTION | {"select": {"wallet": "cold"}, "set": {"id": "b"}}, "set: id: a selection has no such key"),
        (CORRECTION | {"select": {"kind": ["receipt"]}, "set": {"note": "n"}}, "select: "),
        ({"kind": ["receipt"]}, "kind: "),
        ({"kind": {"a": 1}}, "kind: "),
    ],
)  # fmt: skip
def test_an_amendment_that_cannot_be_is_refused_at_the_door(lotwork: Caller, line: dict[str, Any], said: str) -> None:
    lotwork.take(A)
    told = lotwork.take(line, code=3)
    assert "events.jsonl:1: " in told.err
    assert said in told.err
    assert position(lotwork) == 1


def test_a_correction_is_held_against_the_corrections_before_it(lotwork: Caller) -> None:
    first = CORRECTION | {"target": "m", "set": {"kind": "sale", "proceeds_usd": "5"}, "id": "x"}
    second = CORRECTION | {"target": "m", "set": {"fee_usd": "1"}, "at": "2025-06-02T00:00:00Z"}
    movement = {"kind": "movement", "id": "m", "at": "2025-05-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    lotwork.take(A, movement | {"quantity": "0.5"}, second, first)
    (row,) = lotwork.rows("gains", "--year", "2025")
    assert row["proceeds_usd"] == "4.000000"


def test_voids_in_a_circle_are_refused(lotwork: Caller) -> None:
    told = lotwork.take(A, VOID | {"id": "v", "target": "w"}, VOID | {"id": "w", "target": "v"}, code=3)
    assert "these voids void each other" in told.err


def test_a_rule_is_held_against_the_law(lotwork: Caller) -> None:
    rule = {"kind": "rule", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "cite": "c", "reason": "r"}
    assert "figure: " in lotwork.take(rule | {"figure": "us/none/such", "value": "1"}, code=3).err
    assert "figure: " in lotwork.take(rule | {"figure": "us/estimated/penalty_threshold", "value": "much"}, code=3).err
    lotwork.take(rule | {"figure": "us/estimated/penalty_threshold", "value": "1000"})


@pytest.mark.seeded
def test_hundreds_of_broken_lines_are_all_refused_and_none_is_a_bug(lotwork: Caller, tmp_path: Path) -> None:
    """Every line of the worked example, broken in a thousand ways."""
    chance = stream(8949)
    lines = (Path(__file__).parents[1] / "data" / "first_ledger.jsonl").read_bytes().splitlines()
    broken: list[bytes] = []
    while len(broken) < 1000:
        line = bytearray(chance.choice(lines))
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(line))
            what = chance.choice((b"", b'"', b"0", b"-", b"[", b"}", b"\xff", b"\\", b"null", b"\x00", b",", b"9" * 50))
            line[place : place + chance.randint(0, 3)] = what
        broken.append(bytes(line).replace(b"\n", b""))
    (tmp_path / "broken.jsonl").write_bytes(b"\n".join([*broken, b"{"]))
    told = lotwork("import", tmp_path / "broken.jsonl", "--json", code=3)
    problems = told.result["problems"]
    assert len(problems) > 500
    for problem in problems:
        assert problem["where"].startswith("broken.jsonl:")
        assert all(problem[part] for part in ("key", "reason", "remedy"))
    assert position(lotwork) == 0


def test_an_event_is_added_by_its_keys(lotwork: Caller) -> None:
    told = lotwork("add", "expense", *EXPENSE, "id=e1")
    assert told.out == "e1: appended\n"
    assert lotwork("add", "expense", *EXPENSE, "id=e1").out == "e1: known already\n"
    again = lotwork("add", "expense", *EXPENSE, "id=e1", "--json").result
    assert (again["id"], again["appended"], again["known"], again["position"]) == ("e1", 0, 1, 1)


def test_what_is_added_may_hold_lists_objects_and_truths(lotwork: Caller) -> None:
    lotwork.take(A)
    lotwork("add", "sale", "at=2025-02-01T00:00:00Z", "wallet=cold", "asset=BTC", "quantity=0.5", "proceeds_usd=9",
            'lots=[{"lot": "a", "quantity": "0.5"}]')  # fmt: skip
    lotwork("add", "profile", "at=2025-01-01T00:00:00Z", "material_participation=false", "book=main")
    lotwork("add", "correction", "at=2025-02-02T00:00:00Z", "target=a", 'set={"quantity": "3"}', "reason=typing")
    assert [row["quantity"] for row in lotwork.rows("lots")] == ["2.50000000"]


def test_evidence_is_kept_when_an_event_is_added(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    lotwork("add", "expense", *EXPENSE, f"evidence={tmp_path / 'bill.pdf'}")
    assert json.loads(lotwork("export", "jsonl").out)["evidence"] == hashlib.sha256(b"a bill").hexdigest()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("expense", "category"), 2, "write key=value"),
        (("expense", *EXPENSE, "category=rent"), 2, "category: the key stands twice"),
        (("expense", *EXPENSE, "kind=sale"), 2, "kind: the key stands twice"),
        (("sale", "lots=[1"), 2, "lots: the value is not JSON"),
        (("sale", "lots=all"), 3, "add sale: lots: "),
        (("luck", *EXPENSE), 3, "add luck: kind: "),
        (("expense", *EXPENSE, "colour=red"), 3, "add expense: colour: an expense has no such key"),
        (("expense",), 3, "add expense: amount_usd: every expense must have it"),
    ],
)
def test_what_cannot_be_added_is_refused(lotwork: Caller, words: tuple[str, ...], code: int, said: str) -> None:
    told = lotwork("add", *words, code=code)
    assert said in told.err
    assert position(lotwork) == 0


def test_an_export_imported_elsewhere_gives_the_same_state(lotwork: Caller, tmp_path: Path) -> None:
    lotwork("import", Path(__file__).parents[1] / "data" / "first_ledger.jsonl")
    state = lotwork("replay", "--json", code=1).result["state_digest"]
    (tmp_path / "all.jsonl").write_text(lotwork("export", "jsonl").out, encoding="utf-8")
    lotwork.home = tmp_path / "copy"
    lotwork("import", tmp_path / "all.jsonl")
    assert lotwork("replay", "--json", code=1).result["state_digest"] == state
    assert lotwork("export", "jsonl").out == (tmp_path / "all.jsonl").read_text(encoding="utf-8")


def test_a_book_exported_names_itself(lotwork: Caller) -> None:
    lotwork.take(A | {"book": "her"})
    assert json.loads(lotwork("export", "jsonl", "--book", "her").out)["book"] == "her"
    assert lotwork("export", "jsonl", code=2).out == ""
    assert lotwork("export", "--book", "her").out == lotwork("export", "jsonl", "--book", "her").out


def test_a_flood_of_problems_is_cut_and_said_to_be(lotwork: Caller) -> None:
    told = lotwork.take(*({"kind": f"nothing{number}"} for number in range(5000)), code=3)
    assert "refused: 1000 problems, nothing was appended; there may be more, the first 1000 follow" in told.err
    assert len(told.err.splitlines()) == 1001


@pytest.mark.parametrize("how", [("import",), ("import", "--dry-run")])
def test_evidence_without_end_is_refused_at_its_line(lotwork: Caller, tmp_path: Path, how: tuple[str, ...]) -> None:
    with (tmp_path / "endless").open("wb") as sparse:
        sparse.truncate(1 << 36)
    (tmp_path / "e.jsonl").write_text(json.dumps(A | {"evidence": "endless"}), encoding="utf-8")
    told = lotwork(*how, tmp_path / "e.jsonl", code=3)
    assert "e.jsonl:1: evidence: 'endless': it is too large: at most 67108864 bytes are kept" in told.err
    assert position(lotwork) == 0


@pytest.mark.parametrize("name", ["\x1b[2J", "a\nb", "\u202e", "\x00", ""])
def test_what_a_key_says_never_steers_the_terminal(lotwork: Caller, name: str) -> None:
    told = lotwork.take(A | {name: "x"}, code=3)
    assert len(told.err.splitlines()) == 2
    assert f"events.jsonl:1: {repr(name)[1:-1] or repr('')}: a receipt has no such key" in told.err
    assert "".join(told.err.split("\n")).isprintable()


@pytest.mark.parametrize("amount", ["10000000000000", "1" * 39])
def test_more_dollars_than_a_tax_can_be_computed_of_are_refused_at_the_door(lotwork: Caller, amount: str) -> None:
    told = lotwork("add", "expense", *EXPENSE[:2], f"amount_usd={amount}", code=3)
    assert f"add expense: amount_usd: {amount} is too many dollars: write an amount below 10000000000000" in told.err
    told = lotwork.take(A | {"price_usd": "9999999999999", "quantity": "2"}, code=3)
    assert "price_usd times quantity is too many dollars" in told.err


@pytest.mark.parametrize(
    ("word", "why", "instead"),
    [
        ("deposit", "162(a)", "record what of it is kept from you when it is"),
        ("Security Deposit", "162(a)", "record what of it is kept from you when it is"),
        ("parking fine", "162(f)", "write `fines`"),
        ("personal", "262", "leave it out, or write what it was for"),
        ("capital improvements", "263(a)", "record an `equipment`"),
        ("loan repayment", "162(a)", "record the interest of the payment as `interest`"),
        ("income tax", "275(a)", "record a `payment`"),
        ("owner draw", "162(a)", "leave it out"),
    ],
)
def test_a_word_that_is_no_expense_is_refused_by_hand_and_let_in_with_a_file(
    lotwork: Caller, word: str, why: str, instead: str
) -> None:
    """Contract: "categories that are no expense are refused with the word to use"; a file's other rows are wanted."""
    pairs = ("id=bill", "at=2026-03-01T12:00:00Z", "amount_usd=5000")
    told = lotwork("add", "expense", *pairs, f"category={word}", code=3).err
    assert "is no expense" in told
    assert why in told
    assert instead in told
    assert "void it" not in told
    assert lotwork("head", "--json").result["position"] == 0
    bill = {"kind": "expense", "id": "bill", "at": "2026-03-01T12:00:00Z", "amount_usd": "5000", "category": word}
    lotwork.take(bill)
    told_of = lotwork("expenses", "--year", "2026", "--json", code=1).result["findings"]
    assert [finding["code"] for finding in told_of if finding["event"] == "bill"] == ["category_no_expense"]
    again = lotwork("add", "expense", *pairs, f"category={word}").out
    assert "known already" in again


def test_what_comes_back_of_such_a_bill_is_recorded_by_hand(lotwork: Caller) -> None:
    lotwork.take(
        {"kind": "expense", "id": "bill", "at": "2026-01-01T12:00:00Z", "amount_usd": "50", "category": "deposit"}
    )
    words = ("at=2026-03-01T12:00:00Z", "amount_usd=50", "category=deposit", "refund_of=bill")
    assert "appended" in lotwork("add", "expense", *words).out
    for word in ("fines", "insurance", "loan interest"):
        assert "appended" in lotwork("add", "expense", *words[:2], f"category={word}").out


@pytest.mark.parametrize(
    ("word", "near"), [("electrcity", "electricity"), ("Electricty", "electricity"), ("pool fes", "pool_fee")]
)
def test_a_slip_of_a_category_is_refused_by_hand_with_the_word_that_was_meant(
    lotwork: Caller, word: str, near: str
) -> None:
    pairs = ("id=bill", "at=2026-03-01T12:00:00Z", "amount_usd=120.50")
    assert f"write category={near}" in lotwork("add", "expense", *pairs, f"category={word}", code=3).err
    lotwork("add", "expense", *pairs, f"category={near}")
    lotwork("add", "expense", "id=own", *pairs[1:], "category=barn cats")
