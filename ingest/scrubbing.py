"""Secrets taken out of text: whole and in parts, in whatever spelling a line, a page, a header or an answer holds them.

A secret may be an address with a key in its path, a user and a password, a token among others: each part that gives
anything away is as secret as the whole. A part is found letter by letter, each as it is, percent-coded, escaped for
JSON, Python or HTML, as often as it was escaped; and as hex, and inside base64 at any place (a login in a header).
What nobody told of and looks like a secret goes too.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby
from string import ascii_letters, digits
from urllib.parse import parse_qsl, quote, unquote, urlsplit

REDACTED = "[redacted]"
SHORTEST = 3
"""A shorter secret is in every line by chance, and no secret."""
SHORTEST_PART = 8
"""A shorter part of an address is a word of it, and not the secret."""
SHORTEST_CORE = 6
"""A shorter piece of base64 is in every line of it by chance."""
SURE_BY_ITS_LENGTH = 16
BASE64 = frozenset(ascii_letters + digits + "+/-_")
WEB = ("http", "https", "ws", "wss", "ssl", "tcp")
"""Schemes whose host is a host: an alert service writes a token in its place."""

_TELLTALES = r"api[-_]?key|apikey|access[-_]?token|token|passw(?:or)?d|passphrase|secret|signature|private[-_]?key"
_PATTERNS = (
    (re.compile(r"(://[^/\s:@\"']*:)[^/\s@\"']+(@)"), rf"\1{REDACTED}\2"),
    (re.compile(r"(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(rf"(?i)((?:{_TELLTALES}|key)=)[^\s&\"'\\]+"), rf"\1{REDACTED}"),
    (re.compile(rf"(?i)((?:{_TELLTALES}|authorization)\\*[\"']?\s*:\s*\\*[\"']?)[^\s,\"'\\}}]+"), rf"\1{REDACTED}"),
    (re.compile(r"\b[xyzuvtXYZUVT]prv[1-9A-HJ-NP-Za-km-z]{50,}"), REDACTED),
    (re.compile(r"\b[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}\b"), REDACTED),
    (re.compile(r"(/v[23]/)[0-9A-Za-z_-]{20,}"), rf"\1{REDACTED}"),
)
_NAMES_A_SECRET = re.compile(rf"(?i){_TELLTALES}|key|auth|pass|pwd|sig")
A_BACKSLASH = r"(?>(?:\\(?:u005[cC])?|%(?:25)*5[cC]|&#(?:0*92|[xX]0*5[cC]);)+)"
"""Taken whole and never given back. `++` says the same, but Python 3.11.2 goes on behind what it only tried."""
_UTF8 = ("utf-8", "surrogatepass")
_LOSSLESS = ("utf-8", "surrogateescape")
_NEVER = re.compile(r"(?!)")
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_ESCAPED = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


class Scrubber:
    """Takes secrets out of text: those it was told, and what looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._parts: tuple[str, ...] = ()
        self._spelled = self._coded = _NEVER
        self._literals: tuple[bytes, ...] = ()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Know *secrets* as well; what was known stays known, since an old password may still be in a queue."""
        found = {part for secret in secrets for part in parts_of(secret)} | set(self._parts)
        if len(found) == len(self._parts):
            return
        self._parts = tuple(sorted(found, key=lambda text: (-len(text), text)))
        spelled = [*map(_spelled, self._parts), *(f"(?i:{_hex(part)})" for part in self._parts if len(part) > SHORTEST)]
        coded = sorted({core for part in self._parts for core in _cores(part)}, key=lambda core: (-len(core), core))
        self._spelled = re.compile("|".join(spelled)) if spelled else _NEVER
        self._coded = re.compile("|".join(map(re.escape, coded))) if coded else _NEVER
        long = [part for part in self._parts if len(part) >= SHORTEST_PART]
        literals = {form for part in long for form in (part, json.dumps(part)[1:-1], quote(part, safe=""), _hex(part))}
        self._literals = tuple(form.encode(*_LOSSLESS) for form in sorted(literals | {*coded}))

    def __call__(self, text: str) -> str:
        """Return *text* without secrets."""
        text = self.without_known(text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def in_bytes(self, content: bytes) -> bytes:
        """Return what a stranger sent without the long secrets it was told of; all else stays to the byte."""
        if not any(literal in content for literal in self._literals):
            return content
        return self.without_known(content.decode(*_LOSSLESS)).encode(*_LOSSLESS)

    def without_known(self, text: str) -> str:
        """Return *text* without the secrets that were told; what only looks like one stays."""
        return _whole_words(self._coded, self._spelled.sub(REDACTED, text))


def parts_of(secret: str) -> Iterator[str]:
    """Yield *secret*, and each part of it that gives it away: of an address, of a login, of a list of tokens."""
    if len(secret) >= SHORTEST:
        yield secret
    if "://" in secret:
        for part in parts_of_address(secret):
            yield from {part, unquote(part)}
    elif ":" in secret:
        yield from (part for part in secret.split(":") if len(part) >= SHORTEST_PART)


def parts_of_address(address: str) -> Iterator[str]:
    """Yield the password of an address, the keys in its path, query and fragment, and a token in the host's place."""
    try:
        parts = urlsplit(address)
        query = [*parse_qsl(parts.query), *(each.partition("=")[::2] for each in parts.query.split("&"))]
    except ValueError:  # what is no address has no parts
        return
    login, at, host = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    yield from (part for part in (password, login) if at and len(part) >= SHORTEST)
    tokens = [user, *parts.path.split("/"), *parts.fragment.split("/")]
    if parts.scheme not in WEB:
        tokens.append(host)
    tokens += [value for _, value in query]
    tokens += [piece for token in tokens for piece in token.split(":")]
    yield from filter(_is_key, tokens)
    yield from (value for name, value in query if _NAMES_A_SECRET.search(name) and len(value) >= SHORTEST)


def _is_key(word: str) -> bool:
    """Say if a word of an address is a key rather than a word: long, or with digits or a capital in the middle."""
    return len(word) >= SHORTEST_PART and (
        len(word) >= SURE_BY_ITS_LENGTH or any(letter in digits for letter in word) or word[1:].lower() != word[1:]
    )


def _spelled(part: str) -> str:
    """Return the expression that finds *part* in every spelling.

    A run of backslashes is one backslash, however often it was escaped: the escape of the letter after it is in it too.
    """
    made: list[str] = []
    for letter, run in groupby(part):
        follows = bool(made) and made[-1] is A_BACKSLASH
        each = [A_BACKSLASH] if letter == "\\" else [_letter(letter)] * len([*run])
        made += [each[0].replace(r"\\+", r"\\*"), *each[1:]] if follows else each
    return "".join(made)


def _letter(letter: str) -> str:
    octets = letter.encode(*_UTF8)
    pairs = letter.encode("utf-16-be", "surrogatepass").hex()
    number = ord(letter)
    forms = [
        rf"\\*{re.escape(letter)}" if letter in "\"'/" else re.escape(letter),
        "".join(f"%(?:25)*{_hex_digits(octet)}" for octet in octets),
        "".join(rf"\\+u{_any_case(pairs[at : at + 4])}" for at in range(0, len(pairs), 4)),
        "".join(rf"\\+x{_hex_digits(octet)}" for octet in octets),
    ]
    if not letter.isascii():
        forms.append(rf"\\+U{_any_case(f'{number:08x}')}")
        if number < 256:  # noqa: PLR2004 - the letters that Python writes as \xe9
            forms.append(rf"\\+x{_hex_digits(number)}")
    if letter in _ESCAPED:
        forms.append(rf"\\+{_ESCAPED[letter]}")
    if not letter.isalnum():
        forms += [rf"&#0*{number};", rf"&#[xX]0*{_any_case(f'{number:x}')};"]
    if letter in _NAMED:
        forms.append(f"&{_NAMED[letter]};")
    if letter == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def _hex_digits(octet: int) -> str:
    return _any_case(f"{octet:02x}")


def _any_case(hexadecimal: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in hexadecimal)


def _hex(part: str) -> str:
    return part.encode(*_UTF8).hex()


def _cores(part: str) -> Iterator[str]:
    """Yield what *part* always is in base64, at each of the three places it may begin, in both alphabets."""
    octets = part.encode(*_UTF8)
    for before, first in ((0, 0), (1, 2), (2, 3)):
        core = b64encode(bytes(before) + octets).decode()[first : (before + len(octets)) * 8 // 6]
        if len(core) >= SHORTEST_CORE:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def _whole_words(core: re.Pattern[str], text: str) -> str:
    """Return *text* without any word of base64 that holds a *core*."""
    made: list[str] = []
    end = 0
    for found in core.finditer(text):
        if found.start() < end:
            continue
        begin, over = found.span()
        while begin > end and text[begin - 1] in BASE64:
            begin -= 1
        while over < len(text) and text[over] in BASE64:
            over += 1
        made += [text[end:begin], REDACTED]
        end = over
    return "".join((*made, text[end:])) if made else text
