"""What is asked: an address, what goes with it, and how it is signed, anew for each attempt.

A key stands in a header, or signs what is sent with the instant it is sent at: a nonce that was used once is refused
the second time, so whoever signs is asked again for every attempt. Nothing here is ever shown: messages name the item.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias
from urllib.parse import urlencode, urlsplit

Told: TypeAlias = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request: GET, or POST where it has a body, as JSON, as a form or as plain bytes."""

    url: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Told | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    raw: bytes | None = None
    """Bytes that are posted as they are."""
    text: bool = False
    """Whether the answer is a word and no JSON; "not found" is then an answer too."""
    binary: bool = False
    """Whether the answer is bytes that a library reads; "not found" is then an answer too."""

    @property
    def method(self) -> Literal["GET", "POST"]:
        """POST where something is sent along."""
        return "GET" if self.json is None and self.form is None and self.raw is None else "POST"

    @property
    def body(self) -> bytes:
        """Return the bytes that are sent along; none with a GET."""
        if self.raw is not None:
            return self.raw
        if self.json is not None:
            return json.dumps(self.json, separators=(",", ":")).encode()
        return urlencode(self.form).encode() if self.form is not None else b""

    @property
    def path(self) -> str:
        """Return the path that a signature covers."""
        return urlsplit(self.url).path

    @property
    def query(self) -> str:
        """Return the query that a signature covers, as it is sent."""
        return urlencode(self.params)

    def sent_headers(self) -> dict[str, str]:
        """Return the headers of this question, the kind of its body among them."""
        if self.json is not None:
            return {"content-type": "application/json", **self.headers}
        if self.raw is not None:
            return {"content-type": "application/octet-stream", **self.headers}
        return {"content-type": "application/x-www-form-urlencoded", **self.headers} if self.form else {**self.headers}

    def with_headers(self, more: Mapping[str, str]) -> Question:
        """Return this question with *more* headers."""
        return replace(self, headers={**self.headers, **more})

    def with_form(self, more: Mapping[str, str]) -> Question:
        """Return this question with *more* fields of its form."""
        return replace(self, form={**(self.form or {}), **more})


Sign: TypeAlias = Callable[[Question, datetime], Question]
"""Returns the question as it is sent at an instant: with its key, or signed."""


def unsigned(question: Question, _at: datetime) -> Question:
    """Return *question* as it is: whoever is asked wants no key."""
    return question


def by_header(name: str, key: str) -> Sign:
    """Return what puts *key* into the header *name* of each question."""

    def sign(question: Question, _at: datetime) -> Question:
        return question.with_headers({name: key})

    return sign


def hmac_hex(secret: str, words: bytes) -> str:
    """Return the HMAC-SHA256 of *words* under *secret* in lower hex digits."""
    return hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()


def milliseconds(at: datetime) -> int:
    """Return *at* in whole milliseconds since 1970, as nonces and stamps are written."""
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
