"""A packet of a year in which everything happens: what it proves, and to whom."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.codec import KINDS
from lotwork.packet.checks import chain, container
from lotwork.packet.checks.history import NO_BEARING, REDONE
from lotwork.packet.checks.main import verify_place
from lotwork.packet.verifier import verifier
from tests.packet import accountant
from tests.packet.conftest import call
from tests.packet.story import ADDRESS, EVIDENCE, XPUB, YEAR

SCRIPT = Path(accountant.__file__)
ALONE = (sys.executable, "-I", "-S")


def words_of(place: Path, kind: str = "WRONG", head: str | None = None) -> list[str]:
    return [words for each, words in verify_place(str(place), head).lines if each == kind]


def test_everything_of_the_year_is_redone_and_holds(packet: Path) -> None:
    report = verify_place(str(packet), None)
    assert report.ok, [words for kind, words in report.lines if kind == "WRONG"]
    told = "\n".join(words for _, words in report.lines)
    for said in ("rows of gains", "lots are open", "receipts of 2025", "DRAFT", "recorded after their disposal",
                 "made transfers between own wallets", "left out, since another", "2 pieces of evidence"):  # fmt: skip
        assert said in told, said


def test_an_accountant_adds_up_the_forms_and_finds_200_spoiled_packets(packet: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [*ALONE, SCRIPT, packet, "11", "200"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    told = json.loads(run.stdout)
    assert (told["ok"], told["spoiled"], told["missed"]) == (True, 200, [])
    with zipfile.ZipFile(packet) as opened:
        rows = json.loads(opened.read("results/gains.json"))["rows"]
    exact = sum(int(row["gain_usd"].replace(".", "")) for row in rows)
    assert abs(sum(sums[3] for sums in told["totals"].values()) * 10_000 - exact) < 10_000 * len(told["totals"])


@pytest.mark.parametrize("given", ["the folder", "the zip"])
def test_verify_py_runs_alone(packet: Path, tmp_path: Path, given: str) -> None:
    with zipfile.ZipFile(packet) as opened:
        opened.extractall(tmp_path)
    words = [] if given == "the folder" else [str(packet)]
    run = subprocess.run([*ALONE, tmp_path / "verify.py", *words], cwd=tmp_path.parent, capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert run.stdout.endswith("Everything that was checked holds.\n")
    assert not (tmp_path / "__pycache__").exists()
    (tmp_path / "forms").rename(tmp_path / "form")
    broken = subprocess.run([*ALONE, tmp_path / "verify.py"], capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "WRONG" in broken.stdout


def chained_anew(members: dict[str, bytes], changed: Callable[[dict[str, Any]], None]) -> tuple[dict[str, bytes], str]:
    """Return the members with events changed and every hash and digest made anew, and the head that makes."""
    begun = json.loads(members["chain.json"])
    lines = [json.loads(line) for line in members["events.jsonl"].splitlines()]
    previous = bytes.fromhex(begun["genesis"])
    for line in lines:
        changed(line)
        line["hash"] = chain.rehashed(line, previous)
        previous = bytes.fromhex(line["hash"])
    head = previous.hex()
    made = {name: content.replace(begun["head"].encode(), head.encode()) for name, content in members.items()}
    made["events.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return accountant.with_manifest(made), head


def test_a_packet_made_up_whole_is_found_by_the_head_alone(packet: Path, tmp_path: Path) -> None:
    """Every hash made anew around another quantity, and the receipt's own note beside it."""

    def changed(line: dict[str, Any]) -> None:
        if line["id"] == "bill":
            line["payload"] = line["payload"].replace("electricity", "rent")

    members = read(packet)
    real = json.loads(members["chain.json"])["head"]
    made, made_up = chained_anew(members, changed)
    assert real != made_up
    file = write(tmp_path / "made-up.zip", made)
    assert verify_place(str(file), None).ok
    assert any("no head was given" in words for words in words_of(file, "note"))
    assert words_of(file, head=real) == [
        f"chain.json, head: is {made_up}, and you gave {real}: this is not the log you know of"
    ]
    assert verify_place(str(packet), real.upper()).ok


def test_every_kind_of_event_is_redone_or_named_as_not() -> None:
    assert set(KINDS) == REDONE | NO_BEARING
    assert not REDONE & NO_BEARING


def test_an_event_of_a_kind_nobody_knows_is_told_and_fails(packet: Path, tmp_path: Path) -> None:
    def changed(line: dict[str, Any]) -> None:
        if line["id"] == "bill":
            line["kind"], line["payload"] = "barter", line["payload"].replace('"expense"', '"barter"')

    made, _ = chained_anew(read(packet), changed)
    file = write(tmp_path / "other.zip", made)
    assert any("barter" in words and "cannot re-do" in words for words in words_of(file))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"1616.77,1616.77\r\n", b"1616.77,1616.78\r\n"), (b"4143.41,4143.41\r\n", b"4143.41,\r\n"),
        (b"Line,", b"3,I,7,23516.31,19372.90,0.00,4143.41,4143.41\r\n"),
    ],
)  # fmt: skip
def test_a_line_of_schedule_d_told_twice_or_otherwise_is_found(
    packet: Path, tmp_path: Path, before: bytes, after: bytes
) -> None:
    members = read(packet)
    name = "forms/schedule-d-DRAFT.csv"
    assert before in members[name]
    changed = members[name] + after if before == b"Line," else members[name].replace(before, after)
    wrong = words_of(write(tmp_path / "other.zip", accountant.with_manifest(members | {name: changed})))
    assert wrong
    assert all("schedule-d" in each or "Schedule D" in each for each in wrong)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b",no,I,short,,", b",no,H,short,,"), (b",I,short,,", b",I,short,W,"), (b",L,long,", b",F,long,")],
)
def test_a_lot_in_another_box_or_with_another_code_is_found(
    packet: Path, tmp_path: Path, before: bytes, after: bytes
) -> None:
    members, name = read(packet), "forms/lots-DRAFT.csv"
    assert before in members[name]
    changed = accountant.with_manifest(members | {name: members[name].replace(before, after, 1)})
    wrong = words_of(write(tmp_path / "other.zip", changed))
    assert wrong
    assert all("forms/lots.csv" in each for each in wrong)


def test_a_price_of_another_coin_and_one_told_twice_are_found(packet: Path, tmp_path: Path) -> None:
    members = read(packet)
    rows = json.loads(members["prices.json"])["rows"]
    others = (
        [{**rows[0], "asset": "KAS"}, *rows[1:]],
        [{**rows[-1], "asset": "BTCx"}, *rows[:-1]],
        [rows[0], *rows[:-1]],
    )
    for told in others:
        changed = accountant.with_manifest(members | {"prices.json": json.dumps({"rows": told}).encode()})
        wrong = words_of(write(tmp_path / "other.zip", changed))
        assert wrong
        assert all("prices.json" in each for each in wrong)


def test_what_is_left_out_leaves_its_hashes(book: Path, tmp_path: Path) -> None:
    for option in ("--without-addresses", "--without-evidence"):
        file = tmp_path / f"{option}.zip"
        assert call(book, "packet", "build", "--year", str(YEAR), "--out", file, option) in (0, 1)
        report = verify_place(str(file), None)
        assert report.ok, [words for kind, words in report.lines if kind == "WRONG"]
        content = file.read_bytes()
        assert all(each not in content for each in EVIDENCE.values())
        assert (ADDRESS.encode() in content) == (XPUB.encode() in content) == (option != "--without-addresses")
        assert any("pieces of evidence were left out" in words for words in words_of(file, "note"))
    shown = [json.loads(line) for line in read(tmp_path / "--without-addresses.zip")["events.jsonl"].splitlines()]
    assert [line["id"] for line in shown if "left_out" in line] == ["w1", "r2", "r3"]


def test_an_event_shown_in_part_for_no_address_is_refused(book: Path, packet: Path, tmp_path: Path) -> None:
    """Else whoever knows the head could show another amount beside the hash that the event has in the log."""

    def shown_otherwise(members: dict[str, bytes]) -> dict[str, bytes]:
        lines = [json.loads(line) for line in members["events.jsonl"].splitlines()]
        (farm,) = (line for line in lines if line["id"] == "farm")
        farm |= {"payload": farm["payload"].replace("12345677", "12345676"), "left_out": True}
        return members | {"events.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in lines)}

    redacted = tmp_path / "redacted.zip"
    call(book, "packet", "build", "--year", str(YEAR), "--out", redacted, "--without-addresses")
    for number, file in enumerate((packet, redacted)):
        changed = accountant.with_manifest(shown_otherwise(read(file)))
        (wrong,) = words_of(write(tmp_path / f"{number}.zip", changed))
        assert "no address was left out of it" in wrong


def test_the_same_book_gives_the_same_bytes(book: Path, packet: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    call(book, "packet", "build", "--year", str(YEAR), "--out", again)
    assert again.read_bytes() == packet.read_bytes()


def test_the_layout_is_a_plain_zip_for_everyone_else(packet: Path) -> None:
    with zipfile.ZipFile(packet) as opened:
        assert opened.testzip() is None
        infos = opened.infolist()
    names = [info.filename for info in infos]
    assert names == [*sorted(names[:-1]), "manifest.json"]
    assert {(info.compress_type, info.flag_bits, info.date_time, info.extra, info.comment) for info in infos} == {
        (zipfile.ZIP_STORED, 0, (1980, 1, 1, 0, 0, 0), b"", b"")
    }


def test_verify_py_is_one_file_of_python_3_9_and_its_library() -> None:
    text = verifier().decode()
    tree = ast.parse(text, feature_version=(3, 9))
    imported = {
        name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in (each.name for each in node.names)
    }
    imported |= {
        node.module.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    assert imported <= set(sys.stdlib_module_names)
    named = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    named += [target.id for node in tree.body if isinstance(node, ast.Assign)
              for target in node.targets if isinstance(target, ast.Name)]  # fmt: skip
    assert len(named) == len(set(named)), "two parts have one name"
    assert "lotwork.packet.checks" not in text


def test_the_demo_book_holds(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert call(home, "demo") == 0
    file = tmp_path / "2026.zip"
    assert call(home, "--book", "demo", "packet", "build", "--year", "2026", "--out", file) == 1
    assert words_of(file) == []


# -- strangers' files -------------------------------------------------------------------------------------------------


def hostile(packet: Path) -> dict[str, bytes]:
    """Return packets that another program made, each with one thing that a packet never has."""
    members = read(packet)
    names = list(members)

    def zipped(**more: object) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
            for name in names:
                info = zipfile.ZipInfo(name)
                info.external_attr = int(str(more.get("rights", 0o100644 << 16)))
                info.extra = bytes(more.get("extra", b""))  # type: ignore[call-overload]  # a test's own bytes
                info.comment = bytes(more.get("comment", b""))  # type: ignore[call-overload]  # the same
                made.writestr(info, members[name], int(str(more.get("how", zipfile.ZIP_STORED))))
            made.comment = bytes(more.get("whole", b""))  # type: ignore[call-overload]  # the same
        return out.getvalue()

    plain = packet.read_bytes()
    renamed = {f"a {way}": plain.replace(b"README.txt", word) for way, word in
               (("absolute name", b"/EADME.txt"), ("way out", b"../DME.txt"), ("hidden name", b".EADME.txt"),
                ("name of another system", b"C:\\DME.txt"), ("name with a nought", b"README\0txt"))}  # fmt: skip
    return {
        **renamed,
        "a bomb": zipped(how=zipfile.ZIP_DEFLATED),
        "a link": zipped(rights=0o120777 << 16),
        "an extra field": zipped(extra=b"\x99\x99\x04\0abcd"),
        "a comment of a member": zipped(comment=b"hello"),
        "a comment": zipped(whole=b"hello"),
        "something before": b"#!/bin/sh\n" + plain,
        "something behind": plain + b"\n",
        "two packets": plain + plain,
        "a name twice": plain.replace(b"filed.json", b"chain.json"),
        "no end": plain[:-1],
        "nothing": b"",
        "an end alone": b"PK\5\6" + bytes(18),
    }


def test_what_is_no_packet_is_refused_before_anything_of_it_is_read(packet: Path, tmp_path: Path) -> None:
    for what, content in hostile(packet).items():
        (tmp_path / "x.zip").write_bytes(content)
        (wrong,) = verify_place(str(tmp_path / "x.zip"), None).lines
        assert wrong[0] == "WRONG", what


def test_a_folder_with_a_link_or_a_file_more_is_refused(packet: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packet) as opened:
        opened.extractall(tmp_path)
    (tmp_path / "more.txt").write_text("more")
    assert words_of(tmp_path) == ["more.txt: is in the packet, and the manifest does not list it"]
    (tmp_path / "more.txt").unlink()
    (tmp_path / "README.txt").rename(tmp_path.parent / "README.txt")
    (tmp_path / "README.txt").symlink_to(tmp_path.parent / "README.txt")
    assert words_of(tmp_path) == ["README.txt: is a link, or no file: unpack the ZIP anew"]


def read(packet: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(packet) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def write(file: Path, members: dict[str, bytes]) -> Path:
    file.write_bytes(accountant.packed(container, members))
    return file
