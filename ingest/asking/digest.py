"""A password that is shown to nobody: HTTP Digest (RFC 7616), as devices at home ask for it."""

from __future__ import annotations

from http import HTTPStatus

import httpx2

from lotwork.ingest.asking.refusal import RefusedBodyError

NAMES = frozenset({"SHA-256", "SHA-256-SESS"})
"""What a challenge may name. MD5, and a password in clear (Basic), are asked for by nobody who means well."""


class Digest:
    """What a password answers to a challenge; the password itself is never sent."""

    def __init__(self, user: str, password: str) -> None:
        self._user = user
        self._password = password

    def answer(self, method: str, target: httpx2.URL, challenges: tuple[str, ...]) -> str:
        """Return the header `authorization` for the question *target*, for the first of *challenges* that is known.

        Raises RefusedBodyError where none is.
        """
        for challenge in challenges:
            asked = httpx2.Request(method, target)
            if not challenge.lower().startswith("digest ") or _name(challenge) not in NAMES:
                continue
            flow = httpx2.DigestAuth(self._user, self._password).auth_flow(asked)
            next(flow)
            try:
                signed = flow.send(httpx2.Response(401, headers={"www-authenticate": challenge}, request=asked))
            except (httpx2.ProtocolError, NotImplementedError, StopIteration, ValueError):
                continue
            return str(signed.headers["authorization"])
        raise RefusedBodyError(
            "it wants the password in another way than a digest of SHA-256",
            "see that the address is the device's own, and that its firmware is new",
            status=HTTPStatus.UNAUTHORIZED,
        )


def _name(challenge: str) -> str:
    """Return the name of the digest that *challenge* asks for, in capitals; "" where it says none."""
    for part in challenge.partition(" ")[2].split(","):
        key, _, value = part.strip().partition("=")
        if key.strip().lower() == "algorithm":
            return value.strip().strip('"').upper()
    return ""
