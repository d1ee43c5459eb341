"""What a form sends: its fields as text, and the files that lie with it, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS, MOST_FIELD_BYTES = 100, 64 << 10
MOST_FILE_BYTES = 10 << 20
MOST_PLAIN_BYTES = 256 << 10
PLAIN = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: the first text of each field, and the bytes of each file that is not empty."""

    fields: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """What each file is called where it came from."""

    def get(self, name: str) -> str:
        """Return what field *name* says, without the spaces around it; nothing where it is not there."""
        return self.fields.get(name, "").strip()


async def sent(request: Request) -> Sent:
    """Return the form that *request* sends; HTTPException 400, 413 or 415 where it is none, or too much."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == PLAIN:
        return _plain(await _body(request))
    if kind == MULTIPART:
        return await _multipart(request)
    raise HTTPException(415, "A form is sent as a form.")


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_PLAIN_BYTES:
            raise HTTPException(413, "That is too much for a form.")
    return body


def _plain(body: bytes) -> Sent:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as broken:
        raise HTTPException(400, "The form cannot be read.") from broken
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return Sent(fields)


async def _multipart(request: Request) -> Sent:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length[:18]) > MOST_FILE_BYTES + MOST_PLAIN_BYTES:
        raise HTTPException(413, f"A file of at most {MOST_FILE_BYTES >> 20} MiB is taken here.")
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, value)
            elif (content := await value.read(MOST_FILE_BYTES + 1)) and name not in files:
                files[name], names[name] = content, value.filename or ""
    if any(len(content) > MOST_FILE_BYTES for content in files.values()):
        raise HTTPException(413, f"A file of at most {MOST_FILE_BYTES >> 20} MiB is taken here.")
    return Sent(fields, files, names)
