"""A bank's OFX of either version, as banks write it and as a hand does: read, or refused in words that say why.

Source of the forms: Open Financial Exchange 1.6 and 2.2, sections 2.2 (headers) and 11 (statements). The elements that
are left out here are those that no figure rests on.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotwork.ingest.profiles.row import Told
from lotwork.ingest.profiles.statements import read_statement
from lotwork.ledger.errors import InputRefusedError

SGML = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
    "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
SIGN_ON = (
    "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20250401120000<LANGUAGE>ENG</SONRS>"
    "</SIGNONMSGSRSV1>"
)
STATE = "<TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
ACCOUNT = "<BANKACCTFROM><BANKID>121<ACCTID>55<ACCTTYPE>CHECKING</BANKACCTFROM>"
DAYS = "<DTSTART>20250301<DTEND>20250331"
PAID = "<TRNTYPE>DEBIT<DTPOSTED>20250305<TRNAMT>-120.55<FITID>1<NAME>POWER CO"
BALANCE = "<LEDGERBAL><BALAMT>1<DTASOF>20250331</LEDGERBAL>"
BODY = (
    f"<OFX>{SIGN_ON}\n<BANKMSGSRSV1><STMTTRNRS>{STATE}<STMTRS><CURDEF>USD{ACCOUNT}\n<BANKTRANLIST>{DAYS}\n"
    f"<STMTTRN>{PAID}</STMTTRN>\n<STMTTRN>{PAID.replace('<FITID>1', '<FITID>2')}</STMTTRN></BANKTRANLIST>{BALANCE}"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
)
TOLD = Told(only="POWER CO", category="electricity", home_zone="America/New_York")
LEAF = re.compile(r"<([A-Z0-9.]+)>([^<\n]+)")


def closed(text: str) -> str:
    """Return *text* with every leaf closed, as XML has them and some banks' SGML."""
    return LEAF.sub(r"<\1>\2</\1>", text)


def dollars(text: str | bytes, codec: str = "cp1252") -> list[str]:
    data = text.encode(codec) if isinstance(text, str) else text
    return [str(line.content["amount_usd"]) for line in read_statement("bank.ofx", data, TOLD).lines]


@pytest.mark.parametrize("form", ["sgml", "closed", "xml"])
@pytest.mark.parametrize("left_out", ["", SIGN_ON, STATE, DAYS, BALANCE, "<BANKID>121", "<ACCTTYPE>CHECKING", "\n"])
def test_what_no_payment_rests_on_may_be_left_out(form: str, left_out: str) -> None:
    body = BODY.replace(left_out, "") if left_out else BODY
    text = {"sgml": SGML + body, "closed": SGML + closed(body), "xml": XML + closed(body)}[form]
    assert dollars(text) == ["120.55", "120.55"]


@pytest.mark.parametrize(
    "head",
    [
        SGML.replace("\n\n", "\n"),
        SGML.replace("\n", "\r\n"),
        SGML.replace("\n", " "),
        SGML.replace(":", ": "),
        SGML.replace("CHARSET:1252", "CHARSET:NONE"),
        SGML.replace("USASCII", "UTF-8"),
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n",
        "OFXHEADER:100\n",
        "",
        XML.replace('"', "'"),
        '<?xml version="1.0"?>\n',
        "\n\n" + SGML,
    ],
)
def test_a_header_of_any_bank_is_read(head: str) -> None:
    assert dollars(head + closed(BODY)) == ["120.55", "120.55"]


@pytest.mark.parametrize(
    ("was", "made"),
    [
        ("<NAME>POWER CO", "<MEMO>POWER CO"),
        ("<NAME>POWER CO", "<NAME>POWER CO<MEMO>\n"),
        ("<NAME>POWER CO", "<NAME>POWER CO<MEMO/>"),
        ("<NAME>POWER CO", "<MEMO>may<NAME>POWER CO"),
        ("<NAME>POWER CO", "<NAME>POWER CO<X.OWN>of the bank"),
        ("<TRNTYPE>DEBIT", ""),
        ("<TRNTYPE>DEBIT", "<TRNTYPE>ACH"),
        ("20250305", "20250305120000[-5:EST]"),
        ("-120.55", "-120,55"),
        ("OFX>", "ofx>"),
    ],
)
def test_payments_are_read_as_banks_spell_them(was: str, made: str) -> None:
    assert dollars(SGML + BODY.replace(was, made)) == ["120.55", "120.55"]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (SGML + BODY, "cp1252"),
        (SGML.replace("1252", "ISO-8859-1") + BODY, "latin-1"),
        (SGML.replace("1252", "NONE") + BODY, "cp1252"),
        (XML + closed(BODY), "utf-8"),
        ("\ufeff" + XML + closed(BODY), "utf-8"),
        (XML.replace("UTF-8", "windows-1252") + closed(BODY), "cp1252"),
    ],
)
def test_letters_are_those_that_the_header_says(text: str, codec: str) -> None:
    data = text.replace("POWER CO", "POWER CO Ö").encode(codec)
    lines = read_statement("bank.ofx", data, TOLD).lines
    assert {line.content["note"] for line in lines} == {"POWER CO Ö"}


@pytest.mark.parametrize(
    ("was", "made", "words"),
    [
        (ACCOUNT, "", r"it does not say whose account it is of \(BANKACCTFROM\)"),
        ("<ACCTID>55", "", r"the account \(BANKACCTFROM\) has no number \(ACCTID\)"),
        ("<CURDEF>USD", "", r"the statement \(STMTRS\) has no currency \(CURDEF\)"),
        ("<FITID>2", "", r"payment 2 has no number by the bank \(FITID\)"),
        ("<TRNAMT>-120.55", "", r"payment 1 has no amount \(TRNAMT\)"),
        ("<DTPOSTED>20250305", "", r"payment 1 has no day \(DTPOSTED\)"),
        ("20250305", "2025-03-05", r"cannot be read \(dtposted: 2025-03-05\)"),
        ("-120.55", "much", "cannot be read"),
        ("</OFX>", "", "it is cut off"),
        ("</OFX>", f"</OFX>{SGML}{BODY}", "two in one"),
    ],
)
def test_what_a_payment_rests_on_is_asked_for(was: str, made: str, words: str) -> None:
    with pytest.raises(InputRefusedError, match=words):
        dollars(SGML + BODY.replace(was, made))


@pytest.mark.parametrize("share", range(5, 100, 5))
@pytest.mark.parametrize("text", [SGML + BODY, XML + closed(BODY)])
def test_a_file_that_is_cut_off_is_refused(text: str, share: int) -> None:
    with pytest.raises(InputRefusedError):
        dollars(text[: len(text.rstrip()) * share // 100])


def test_a_file_by_hand_is_imported(tmp_path: Path) -> None:
    """The least that a person writes: no sign-on, no balance, no header beyond its first line."""
    least = (
        "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM>"
        f"<BANKTRANLIST><STMTTRN>{PAID}</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    path = tmp_path / "bank.ofx"
    path.write_text(least, encoding="utf-8")
    assert dollars(path.read_bytes()) == ["120.55"]


@pytest.mark.parametrize("home", ["America/New_York", "America/Los_Angeles", "Asia/Tokyo", ""])
@pytest.mark.parametrize(
    ("posted", "day"),
    [
        ("20251231190000[-5:EST]", "2025-12-31"),  # midnight in UTC
        ("20251231233000.000[-5:EST]", "2025-12-31"),
        ("20260101000000[-5:EST]", "2026-01-01"),  # the evening before, further west
        ("20260101000000.000[-7]", "2026-01-01"),
        ("20260101013000[+9:JST]", "2026-01-01"),
        ("20260101 [5.5:IST]", "2026-01-01"),
        ("20260101000000[0:GMT]", "2026-01-01"),
        ("20260101", "2026-01-01"),
    ],
)
def test_a_payment_is_of_the_day_that_the_bank_wrote_by_its_own_clock(posted: str, day: str, home: str) -> None:
    told = TOLD._replace(home_zone=home)
    data = (SGML + BODY.replace("<DTPOSTED>20250305", f"<DTPOSTED>{posted}")).encode()
    assert {str(line.content["at"])[:10] for line in read_statement("bank.ofx", data, told).lines} == {day}
