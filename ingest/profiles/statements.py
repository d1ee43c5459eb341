"""Files that are no tables: a bank's OFX or QFX, through ofxtools, and a meter's Green Button as XML.

Neither is let past its bounds: no entities, no other namespace of units, one money, one flow of power.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import time
from typing import Any, NamedTuple

from lotwork.ingest.profiles import meter_file
from lotwork.ingest.profiles.bank_file import whole
from lotwork.ingest.profiles.costs import payment
from lotwork.ingest.profiles.reading import Asked, KnownRows
from lotwork.ingest.profiles.row import CellError, NoEvent, Told
from lotwork.ingest.sheets.table import MOST_PROBLEMS, refuse_if_any
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.tellers import BY_A_UTILITY

BEGUN = 4096
_TAG = re.compile(r"<(/?)([^<>]*)>?\s*([^<\s]?)")
_TAGS_OF_LISTS = re.compile(rb"</?(?:BANKTRANLISTP|STMTTRNP?)>", re.IGNORECASE)
_LIST, _PAYMENT = b"<BANKTRANLISTP>", b"<STMTTRN>"
_UNREAD = re.compile(r"Can't set \w+\.(\w+) to ([^:]{1,40}):")
"""What ofxtools says of an element that it does not read."""
_HOLD = re.compile(rb"<TRNTYPE>\s*HOLD\b", re.IGNORECASE)
BANK = "ofx"
UNITS = {BANK: "payment", BY_A_UTILITY: "reading"}
"""What a statement tells one by one, and no line of the file counts."""


class _Told(NamedTuple):
    """One thing a statement tells: what makes its event, and what it is known by."""

    make: Callable[[], Mapping[str, Any]]
    said: str
    id: str = ""


def is_statement(data: bytes) -> bool:
    """Say if *data* is no table: OFX, or XML of some kind."""
    return _plain(data[:BEGUN]).lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"OFXHEADER", b"<"))


def _plain(begun: bytes) -> bytes:
    """Return what a file begins with, in one byte a letter where it is in UTF-16, whichever way round."""
    if begun.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return begun.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    return begun


def read_statement(name: str, data: bytes, told: Told) -> KnownRows:
    """Return what the statement tells. Raises InputRefusedError with everything that is wrong with it."""
    begun = _plain(data[:BEGUN]).upper()
    if b"OFXHEADER" in begun or b"<OFX>" in begun:
        return _known(name, BANK, _of_bank(name, data, told))
    if meter_file.NAMESPACE in _plain(data).lower():
        return _known(name, BY_A_UTILITY, _of_meter(name, data, told))
    raise InputRefusedError(f"{name}: it is neither a bank's OFX nor a meter's Green Button: export it again")


def _known(name: str, source: str, things: Iterator[_Told]) -> KnownRows:
    problems: list[Problem] = []
    reasons: Counter[str] = Counter()
    asked: dict[str, Asked] = {}
    lines: list[TextLine] = []
    count: Counter[str] = Counter()
    for place, thing in enumerate(things, 1):
        where = f"{name}: {UNITS[source]} {place}"
        try:
            content = {key: value for key, value in thing.make().items() if value is not None}
        except NoEvent as none:
            reasons[none.why] += 1
            if none.asked:
                asked[none.why] = Asked((*asked.get(none.why, Asked(())).lines, place), none.how, UNITS[source])
        except CellError as wrong:
            problems.append(Problem(where, wrong.column, wrong.reason, wrong.remedy))
        else:
            count[thing.said] += 1
            row = thing.said if count[thing.said] == 1 else f"{thing.said}-{count[thing.said]}"
            known = {"id": f"{source}:{thing.id}"} if thing.id else {}
            lines.append(TextLine(where, {**content, "source": source, "row": row, **known}, f"{source}-{row}"))
        if len(problems) > MOST_PROBLEMS:
            break
    if not problems and not lines and not reasons:
        problems.append(Problem(f"{name}:1", "file", "it tells nothing", "export it again"))
    refuse_if_any(name, problems)
    return KnownRows(tuple(lines), reasons, asked, taken=len(lines))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:24]


def _of_bank(name: str, data: bytes, told: Told) -> Iterator[_Told]:
    if b"<!" in data[:BEGUN]:
        raise InputRefusedError(f"{name}: it declares entities, as no bank does: export it again")
    if _deepest(data) > meter_file.MOST_DEEP:
        raise InputRefusedError(f"{name}: it is nested deeper than any bank's: export it again")
    data, held = _without_held(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tags it does not know: what is lost by that is counted below
            statements = whole(data, name).convert().statements
    except InputRefusedError:
        raise
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as wrong:
        unread = _UNREAD.search(str(wrong))
        what = "" if unread is None else f" ({unread[1]}: {unread[2]})"
        raise InputRefusedError(f"{name}: the OFX cannot be read{what}: export it again, as OFX or CSV") from None
    count = sum(len(statement.transactions or ()) for statement in statements)
    if count != data.upper().count(b"<STMTTRN>"):
        raise InputRefusedError(f"{name}: not all of its payments can be read: export it again, as OFX or CSV")
    yield from [_Told(_held, "")] * held
    for statement in statements:
        account = _digest(str(getattr(statement.account, "acctid", "")))[:8]
        if statement.curdef != "USD":
            raise InputRefusedError(f"{name}: it tells {statement.curdef}, and figures are in dollars")
        for each in statement.transactions or ():
            yield _paid(told, account, each)


def _without_held(data: bytes) -> tuple[bytes, int]:
    """Return an OFX without what the bank lists as pending, apart or as a hold, and how many payments that is."""
    first, *others = _upper_tags(data).split(_LIST)
    count = 0
    kept = [first]
    for other in others:
        inside, ended, after = other.partition(b"</BANKTRANLISTP>")
        count += inside.count(b"<STMTTRNP>") if ended else 0
        kept.append(after if ended else _LIST + other)
    begun, *payments = b"".join(kept).split(_PAYMENT)
    for place, payment_ in enumerate(payments):
        inside, _, after = payment_.partition(b"</STMTTRN>")
        is_hold = _HOLD.search(inside) is not None
        payments[place] = after if is_hold else _PAYMENT + payment_
        count += is_hold
    return b"".join((begun, *payments)), count


def _upper_tags(data: bytes) -> bytes:
    return _TAGS_OF_LISTS.sub(lambda tag: tag[0].upper(), data)


def _held() -> Mapping[str, Any]:
    raise NoEvent("the bank lists it as pending: it is no money yet")


def _deepest(data: bytes) -> int:
    """Return how deep the tags of an OFX are nested; one with text in it is closed by the next, or by its own.

    What is blank depends on the encoding, which the file may lie about: the deepest reading counts.
    """
    texts = [data.decode("latin-1")]
    with suppress(UnicodeError):
        texts.append(data.decode("utf-8"))
    return max(map(_deepest_of, texts))


def _deepest_of(text: str) -> int:
    depth = deepest = 0
    leaf = ""
    for closing, tag, begun in _TAG.findall(text):
        if closing:
            depth = max(0, depth - (tag != leaf))
        elif not begun and not tag.endswith("/"):
            depth += 1
        leaf = tag if begun and not closing else ""
        deepest = max(deepest, depth)
    return deepest


def _paid(told: Told, account: str, each: Any) -> _Told:
    words = [str(word) for word in (each.name, getattr(each, "memo", None)) if word]
    posted = each.dtposted  # in UTC; at midnight there it is a day that names no hour
    zone = told.zone or told.home_zone
    day = (posted.astimezone(zone_named(zone)) if zone and posted.time() != time() else posted).date()

    def make() -> Mapping[str, Any]:
        return payment(told, day, each.trnamt, *words)

    said = _digest(account, str(day), str(each.trnamt.normalize()), *words)
    return _Told(make, said, f"{account}:{each.fitid}" if each.fitid else "")


def _of_meter(name: str, data: bytes, told: Told) -> Iterator[_Told]:
    for each in meter_file.readings(name, data, told):
        yield _Told(each.make, _digest(*each.parts))
