"""A bank's OFX made whole: a plain header, and what no payment rests on filled in where a bank left it out.

OFX 1 is SGML under lines such as `OFXHEADER:100`, OFX 2 is XML. ofxtools reads both, and refuses a file that lacks what
the standard asks for: a sign-on, an answer's number and state, a balance, the days a list covers. None of it is in any
figure. What is, is never filled in: the account, the currency, and of each payment its day, its amount and its number.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from lotwork.ingest.sheets.content import refuse_nul
from lotwork.ledger.errors import InputRefusedError

if TYPE_CHECKING:
    from ofxtools.Parser import OFXTree

HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:UTF-8\r\nCHARSET:NONE\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
CHARSETS = {"1252": "cp1252", "ISO-8859-1": "latin-1", "NONE": "utf-8"}
EVER = ("19800101", "20991231")
STATEMENTS, ANSWERS = ("STMTRS", "CCSTMTRS"), ("STMTTRNRS", "CCSTMTTRNRS")
ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM")
ORDERED = frozenset((*STATEMENTS, *ANSWERS, *ACCOUNTS, "STMTTRN"))
NEEDED = {"STMTTRN": ("DTPOSTED", "TRNAMT", "FITID"), "STMTRS": ("CURDEF",), "CCSTMTRS": ("CURDEF",)}
"""What a figure, or what a payment is known by, rests on."""
CALLED = {
    "DTPOSTED": "day", "TRNAMT": "amount", "FITID": "number by the bank", "CURDEF": "currency", "ACCTID": "number",
}  # fmt: skip
OTHER, END = "OTHER", b"</OFX>"
_BY_A_CLOCK = re.compile(r"(\d{8})\d*(?:\.\d*)?\s*\[\s*[-+]?(?=[^\]:]*[1-9])[^\]]*\]\s*")
"""A time by a clock of the bank's own, and not UTC (`20251231190000.000[-5:EST]`), with its day in front."""
_BEGIN = re.compile(rb"<OFX>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9._]*>")
_EMPTY = re.compile(r"<[A-Z0-9.]+\s*/>|<(NAME|MEMO|CHECKNUM|REFNUM|SIC|EXTDNAME|PAYEEID)>\s*(?=<(?!/\1>))")
_CHARSET = re.compile(rb"CHARSET:\s*([\w-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']", re.IGNORECASE)


def whole(data: bytes, name: str) -> OFXTree:
    """Return the tree of the OFX in *data*, with what no figure rests on filled in.

    Raises InputRefusedError where a payment lacks what one does, and what ofxtools raises where it is no OFX.
    """
    from ofxtools import models  # noqa: PLC0415 - most files are tables
    from ofxtools.Parser import OFXTree  # noqa: PLC0415 - the same

    if data.upper().count(END) != 1:
        raise InputRefusedError(f"{name}: it is cut off, or two in one (it ends with </OFX>): export it again")
    refuse_nul(name, data.decode("latin-1"))
    tree = OFXTree()
    tree.parse(io.BytesIO(_plainly(data)))
    root = tree.getroot()
    if root is None:
        raise ValueError
    _refuse_lacking(root, name)
    _fill_in(root, frozenset(models.STMTTRN.trntype.valid))
    for element in root.iter():
        if element.tag in ORDERED:
            order = {key.upper(): place for place, key in enumerate(getattr(models, element.tag).spec)}
            element[:] = sorted(element, key=lambda each: order.get(each.tag, len(order)))
    return tree


def _plainly(data: bytes) -> bytes:
    """Return *data* in UTF-8 under a header that says so."""
    begin = _BEGIN.search(data)
    if begin is None:
        raise ValueError
    body = _decoded(data[begin.start() :], _codec(data[: begin.start()]))
    if begin[0] != b"<OFX>":
        body = _TAG.sub(lambda tag: tag[0].upper(), body)
    return (HEADER + _EMPTY.sub("", body)).encode()


def _codec(head: bytes) -> str:
    xml, charset = _XML_ENCODING.search(head), _CHARSET.search(head)
    told = "utf-8"
    if xml is not None:
        told = xml[1].decode()
    elif charset is not None:
        told = CHARSETS.get(charset[1].decode().upper(), charset[1].decode())
    try:
        return codecs.lookup(told).name
    except LookupError:
        return "utf-8"


def _decoded(body: bytes, codec: str) -> str:
    """Return the text of *body*, which says that it is in *codec*; where it is not, as Windows writes it."""
    try:
        return body.decode(codec)
    except UnicodeError:
        return body.decode("cp1252", errors="replace")


def _refuse_lacking(root: Element, name: str) -> None:
    """Refuse an OFX of which something lacks what a figure rests on, in words that say what and where."""
    for place, payment in enumerate(root.iter("STMTTRN"), 1):
        _needed(payment, NEEDED["STMTTRN"], f"{name}: payment {place}")
    for tag in STATEMENTS:
        for statement in root.iter(tag):
            _needed(statement, NEEDED[tag], f"{name}: the statement ({tag})")
            account = next((found for each in ACCOUNTS if (found := statement.find(each)) is not None), None)
            if account is None:
                raise InputRefusedError(
                    f"{name}: it does not say whose account it is of ({ACCOUNTS[STATEMENTS.index(tag)]}): export it "
                    "again, as OFX or CSV"
                )
            _needed(account, ("ACCTID",), f"{name}: the account ({account.tag})")


def _needed(element: Element, keys: Sequence[str], where: str) -> None:
    for key in keys:
        if not (element.findtext(key) or "").strip():
            raise InputRefusedError(f"{where} has no {CALLED[key]} ({key}): export it again, as OFX or CSV")


def _fill_in(root: Element, types: Iterable[str]) -> None:
    for old in root.findall("SIGNONMSGSRSV1"):
        root.remove(old)
    sign_on = Element("SIGNONMSGSRSV1")
    root.insert(0, sign_on)
    answer = SubElement(sign_on, "SONRS")
    answer.append(_done())
    _tell(answer, DTSERVER=EVER[0], LANGUAGE="ENG")
    for tag in ANSWERS:
        for each in root.iter(tag):
            _tell(each, TRNUID="0")
            if each.find("STATUS") is None:
                each.append(_done())
    for tag in STATEMENTS:
        for each in root.iter(tag):
            if each.find("LEDGERBAL") is None:
                _tell(SubElement(each, "LEDGERBAL"), BALAMT="0", DTASOF=EVER[0])
    for each in root.iter("BANKTRANLIST"):
        for place, (key, day) in enumerate(zip(("DTSTART", "DTEND"), EVER, strict=True)):
            if each.find(key) is None:
                each.insert(place, _leaf(key, day))
    for each in root.iter("BANKACCTFROM"):
        _tell(each, BANKID="0", ACCTTYPE="CHECKING")
    for each in root.iter("STMTTRN"):
        _tell(each, TRNTYPE=OTHER)
        posted = each.find("DTPOSTED")
        if posted is not None and (told := _BY_A_CLOCK.fullmatch((posted.text or "").strip())) is not None:
            posted.text = told[1]  # the day of the bank's own statement, whatever the clock here shows
        kind = each.find("TRNTYPE")
        if kind is not None and (kind.text or "").strip() not in types:
            kind.text = OTHER


def _done() -> Element:
    state = Element("STATUS")
    _tell(state, CODE="0", SEVERITY="INFO")
    return state


def _tell(element: Element, **leaves: str) -> None:
    """Append to *element* each of *leaves* that it does not have."""
    for key, text in leaves.items():
        if element.find(key) is None:
            element.append(_leaf(key, text))


def _leaf(key: str, text: str) -> Element:
    leaf = Element(key)
    leaf.text = text
    return leaf
