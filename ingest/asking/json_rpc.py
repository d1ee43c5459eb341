"""A reply of JSON-RPC, held against what was asked, before a library reads it with a reader of its own.

Libraries take the last of two equal keys, take NaN for a number and look at no number of a call: an answer that is left
over from another question would be read as this one's.
"""

from __future__ import annotations

import json

from lotwork.ingest.asking.json_guard import DEEPEST, JsonRefusedError, JsonValue, parse_json


def check_packing(encoding: str | None) -> None:
    """Refuse an answer that says it is packed: none was asked for so; raises JsonRefusedError."""
    if (encoding or "identity").strip().lower() != "identity":
        raise JsonRefusedError("the answer is packed in a way that was not asked for")


def check_reply(sent: bytes | str, body: bytes, *, deepest: int = DEEPEST) -> None:
    """Refuse a *body* that is no reply to the call or the batch that was *sent*; raises JsonRefusedError.

    A reply that tells of an error may lack the number of its call: a node that could not read it does not know it.
    """
    calls, replies = json.loads(sent), parse_json(body, deepest=deepest)
    numbers = {call["id"] for call in calls} if isinstance(calls, list) else {calls["id"]}
    for reply in replies if isinstance(replies, list) and isinstance(calls, list) else [replies]:
        if not isinstance(reply, dict):
            raise JsonRefusedError("a reply is no object")
        if reply.get("error") is None and not _is_of(reply.get("id"), numbers):
            raise JsonRefusedError("it answers another question")


def _is_of(number: JsonValue, numbers: set[object]) -> bool:
    return isinstance(number, int | str) and not isinstance(number, bool) and number in numbers
