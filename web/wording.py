"""How figures and words look on a page: dollars with cents, coins with every decimal, days as people write them.

Nothing of the machine's own words reaches the screen: `pool_payout` is "Pool payout" here.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from lotwork.ledger.units import unscaled, usd_text
from lotwork.projections.abroad.countries import COUNTRIES
from lotwork.reports.lines import NOTHING as ZERO
from lotwork.reports.lines import dollars
from lotwork.reports.lines import price as price_told

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"

_CODE = re.compile(r"`([^`]+)`|(\w*[a-z0-9]_[a-z]\w*(?:=\S*[^\s,;.:])?)")

_COMMAND = re.compile(r"(?<=: )`(lotwork [^`]+)`(?:; |$)?")
"""A command that answers what is said before it."""

PROPER = {
    "ocean": "OCEAN",
    "braiins": "Braiins",
    "fifo": "FIFO",
    "lifo": "LIFO",
    "hifo": "HIFO",
    "lofo": "LOFO",
    "viabtc": "ViaBTC",
    "f2pool": "F2Pool",
    "mfj": "Married filing jointly",
    "mfs": "Married filing separately",
    "hoh": "Head of household",
    "qss": "Qualifying surviving spouse",
}


def usd(amount: str | int | Decimal | None) -> str:
    """Return dollars as a listing tells them, micro-dollars, or a Decimal as "$1,240.00"; nothing as a dash.

    The rounding is that of every surface: `lotwork.reports.lines.dollars`.
    """
    if amount is None:
        return NOTHING
    told = dollars(amount)
    size = told.removeprefix("-")
    return f"{MINUS if size not in (told, ZERO) else ''}${size}"


def money(amount: str | Decimal, currency: str) -> str:
    """Return an amount in another country's currency as "EUR 1,240.00"."""
    return usd(amount).replace("$", f"{currency} ")


def country(jurisdiction: str) -> str:
    """Return the name of a jurisdiction: "Germany"."""
    return COUNTRIES[jurisdiction].name


def coins(units: int, decimals: int = 8) -> str:
    """Return base units as whole coins with every decimal the asset has, thousands separated."""
    return quantity(unscaled(units, decimals))


def coins_exact(text: str) -> str:
    """Return coins as a file holds them: what `coins` says, without what separates thousands."""
    return text.replace(",", "")


def dollars_exact(micros: int | None) -> str | None:
    """Return micro-dollars as a file holds dollars, to the last of them; None where they are not known."""
    return None if micros is None else usd_text(micros)


def quantity(text: str) -> str:
    """Return coins as a listing tells them with every decimal, thousands separated: "1,240.50000000"."""
    whole, point, fraction = text.removeprefix("-").partition(".")
    return f"{MINUS if text.startswith('-') else ''}{int(whole):,}{point}{fraction}"


def price(text: str | None) -> str:
    """Return a price a coin as "$93,012.55": two decimals at least, and no digit lost."""
    if text is None:
        return NOTHING
    return price_told(text)


def day(when: date | None) -> str:
    """Return a day as "Jan 15, 2027"."""
    return NOTHING if when is None else f"{when:%b} {when.day}, {when.year}"


def instant(when: datetime | None) -> str:
    """Return an instant as "Nov 22, 06:02 UTC"."""
    return "never" if when is None else f"{when:%b} {when.day}, {when:%H:%M} UTC"


def words(text: str | None) -> str:
    """Return a word of the machine as people write it: "pool_payout" is "Pool payout"."""
    if not text:
        return NOTHING
    plain = text.replace("_", " ").strip()
    return PROPER.get(text.lower(), plain[:1].upper() + plain[1:])


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 receipt" or "1,204 receipts"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def days_left(count: int) -> str:
    """Return how far away a day is: "in 54 days", "today", "3 days ago"."""
    if count == 0:
        return "today"
    return f"in {plural(count, 'day')}" if count > 0 else f"{plural(-count, 'day')} ago"


def ago(span: timedelta) -> str:
    """Return how long ago something was, in its largest unit: "4 min ago"."""
    seconds = int(span.total_seconds())
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"


def share(part: Decimal) -> str:
    """Return a share of one as a percentage: "110%"."""
    return f"{(part * 100).normalize():f}%"


def answers(text: str, event: str = "") -> list[tuple[list[tuple[str, bool]], str]]:
    """Return a sentence in parts: the words before a command, in pieces as `spoken`, and the command, which may be "".

    A command that follows a colon is a part's own; one within a clause stays among the words.
    """
    parts, end = [], 0
    for found in _COMMAND.finditer(text):
        parts.append((spoken(text[end : found.start()].rstrip(), event), found[1]))
        end = found.end()
    rest = text[end:].lstrip("; ")
    if rest.strip(".") or not parts:
        parts.append((spoken(rest, event), ""))
    return parts


def commands_in(text: str) -> bool:
    """Say if a sentence holds a command that answers it."""
    return _COMMAND.search(text) is not None


def spoken(text: str, event: str = "") -> list[tuple[str, bool]]:
    """Return a sentence in pieces, each with whether it is something to type: a command, a key, or the id *event*.

    A sentence begins large, but not where it begins with what is typed: "Credits_usd" is no key.
    """
    if not (text.startswith(event or "`") or _CODE.match(text)):
        text = text[:1].upper() + text[1:]
    if not text.endswith((".", "?", "!", ":")):
        text = f"{text}."
    code = re.compile(rf"(?<!\w){re.escape(event)}(?!\w)|{_CODE.pattern}") if event else _CODE
    pieces, end = [], 0
    for found in code.finditer(text):
        pieces += [(text[end : found.start()], False), (found[1] or found[2] or found[0], True)]
        end = found.end()
    pieces.append((text[end:], False))
    return [(piece, is_code) for piece, is_code in pieces if piece]
