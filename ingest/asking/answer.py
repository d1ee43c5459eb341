"""Reading and judging one answer: capped as it arrives and as it is unpacked, and JSON by its own word."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2

from lotwork.ingest.asking.json_guard import JsonRefusedError, JsonValue, parse_json
from lotwork.ingest.asking.refusal import AskAgainError, RefusedBodyError
from lotwork.ledger.errors import plain

GZIP_OR_ZLIB = 47
LIMITED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT})
"""Too many questions; 418 is Binance's word for who went on asking after a 429 (its REST documentation, IP Limits)."""
LATER = frozenset({408, 425, 500, 502, 503, 504}) | LIMITED
LONGEST_SECONDS_TEXT = 9
BYTES = ("application/octet-stream", "application/vnd.opentimestamps.v1")
"""The media types of an answer that is bytes."""
MOST_WORDS = 65_536
LONGEST_WORDS = 200
ERROR_KEYS = ("error", "errors", "message", "msg", "error_description", "detail", "description", "reason")
"""Where answers say in words what went wrong, the surest first."""
NOTHING_RECORDED = "nothing was recorded; ask again later"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, unpacked."""

    status: int
    media_type: str
    retry_after: str
    body: bytes
    challenges: tuple[str, ...] = ()
    """How it wants a password, in the order of its headers."""


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """A believed answer: its value, and the bytes it was read from."""

    value: JsonValue
    body: bytes


def read_bounded(response: httpx2.Response, most_bytes: int) -> Answer:
    """Return the answer of an open *response*, holding at most *most_bytes* packed and unpacked."""
    unpack = unpacker(response.headers.get("content-encoding", ""), most_bytes)
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most_bytes:
        raise RefusedBodyError(f"the answer is larger than {most_bytes} bytes", NOTHING_RECORDED)
    arrived = 0
    for chunk in response.iter_raw():
        arrived += len(chunk)
        if arrived > most_bytes:
            raise RefusedBodyError(f"the answer is larger than {most_bytes} bytes", NOTHING_RECORDED, unpack.body())
        unpack.feed(chunk)
    return Answer(
        status=response.status_code,
        media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
        retry_after=response.headers.get("retry-after", ""),
        body=unpack.finish(),
        challenges=tuple(response.headers.get_list("www-authenticate")),
    )


class Plain:
    """Bytes that are not packed."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._parts.append(chunk)

    def body(self) -> bytes:
        """Return what came so far."""
        return b"".join(self._parts)

    def finish(self) -> bytes:
        """Return the whole."""
        return self.body()


class Packed(Plain):
    """Bytes packed by gzip or zlib, unpacked as they come and never beyond the cap."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self._most = most_bytes
        self._size = 0
        self._inflate = zlib.decompressobj(GZIP_OR_ZLIB)

    def feed(self, chunk: bytes) -> None:
        """Unpack the next bytes."""
        try:
            part = self._inflate.decompress(chunk, self._most + 1 - self._size)
        except zlib.error:
            raise RefusedBodyError("the answer cannot be unpacked", NOTHING_RECORDED, self.body()) from None
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._most:
            reason = f"the answer unpacks to more than {self._most} bytes"
            raise RefusedBodyError(reason, NOTHING_RECORDED, part[:8192])
        if self._inflate.unused_data:
            raise RefusedBodyError("bytes follow the end of the packed answer", NOTHING_RECORDED, self.body())

    def finish(self) -> bytes:
        """Return the whole, or say that it was cut short."""
        if self._size or self._inflate.eof:
            if not self._inflate.eof:
                raise AskAgainError("the packed answer ended early", NOTHING_RECORDED, body=self.body())
            return self.body()
        return b""


def unpacker(encoding: str, most_bytes: int) -> Plain:
    """Return the reader for a Content-Encoding; any that was not asked for is refused."""
    match encoding.strip().lower():
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip" | "deflate":
            return Packed(most_bytes)
    raise RefusedBodyError("the answer is packed in a way that was not asked for", NOTHING_RECORDED)


def judge(
    answer: Answer, now: datetime, hold: Callable[[float], None], *, text: bool = False, binary: bool = False
) -> None:
    """Pass an answer that is a success in JSON; raise for any other. *hold* is told the wait a server asks for.

    Where *text* or *binary* is asked for, no page may stand there instead, and what is not found is an answer.
    """
    if answer.status in LATER:
        wait = retry_after_seconds(answer.retry_after, now)
        if wait:
            hold(wait)
        words = f"status {answer.status} ({phrase(answer.status)})"
        limited = answer.status in LIMITED
        raise AskAgainError(words, "it is asked again at the next poll", wait_seconds=wait, is_limit=limited)
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        raise RefusedBodyError("it redirects elsewhere", "redirects are not followed; correct the address", answer.body)
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        reason = f"status {answer.status}: it knows no such key{words_of(answer.body)}"
        said = said_in(answer.body)
        raise RefusedBodyError(reason, "check the key", answer.body, status=answer.status, said=said)
    if (text or binary) and answer.status == HTTPStatus.NOT_FOUND:
        return
    if answer.status != HTTPStatus.OK:
        reason = f"status {answer.status} ({phrase(answer.status)}){words_of(answer.body)}"
        remedy = "check the address and the names in the configuration"
        raise RefusedBodyError(reason, remedy, answer.body, status=answer.status, said=said_in(answer.body))
    if not answer.body.strip():
        raise AskAgainError("the answer is empty", NOTHING_RECORDED, body=answer.body)
    if text and answer.media_type in ("text/plain", "application/json", ""):
        return
    if binary and answer.media_type in BYTES:
        return
    if text or binary or not (answer.media_type == "application/json" or answer.media_type.endswith("+json")):
        shown = answer.media_type[:60] if answer.media_type.isprintable() else "unreadable"
        reason = (
            f"the answer is {shown or 'of no declared type'}, not {'text' if text else 'bytes' if binary else 'JSON'}"
        )
        raise RefusedBodyError(reason, "a page stands where data should be; open it in a browser", answer.body)


def words_of(body: bytes) -> str:
    """Return what the server itself says went wrong, as the end of a sentence; nothing where it says nothing."""
    said = said_in(body)
    return f": it says {said!r}" if said else ""


def said_in(body: bytes) -> str:
    """Return the words of an error in *body*; "" where it has none."""
    try:
        return own_words(parse_json(body[:MOST_WORDS]))
    except JsonRefusedError:
        return ""


def own_words(value: JsonValue) -> str:
    """Return the words under which an answer tells of an error, as plain text and cut short; "" where it has none."""
    for key in ERROR_KEYS if isinstance(value, dict) else ():
        told = value.get(key) if isinstance(value, dict) else None
        if isinstance(told, dict | list) and told:
            told = own_words(told[0] if isinstance(told, list) else told) or str(told)
        if isinstance(told, str) and told.strip():
            return plain(told.strip())[:LONGEST_WORDS]
    return plain(value)[:LONGEST_WORDS] if isinstance(value, str) else ""


def phrase(status: int) -> str:
    """Return the words that go with *status*."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "not a known status"


def retry_after_seconds(text: str, now: datetime) -> float:
    """Return the seconds a Retry-After header asks for, 0 where it asks for none that can be read."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:LONGEST_SECONDS_TEXT])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
