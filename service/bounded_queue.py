"""A queue with an end: a few pages are made at a time, others wait their turn, and one too many is told to come back.

Pages read the whole book and keep a processor busy, so more of them at once make none faster. What the machines ask
(`/healthz` and its like) does not stand in this queue.
"""

from __future__ import annotations

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

AT_WORK = 4
MOST_INSIDE = 400
RETRY_SECONDS = 1
FULL = "Too many ask at once. Ask again in a second.\n"


class BoundedQueue:
    """Lets *at_work* requests at a time into *app*, *most_inside* of them wait or are at work, the rest get a 503."""

    def __init__(self, app: ASGIApp, *, at_work: int = AT_WORK, most_inside: int = MOST_INSIDE) -> None:
        self._app = app
        self._turn = asyncio.Semaphore(at_work)
        self._most_inside = most_inside
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request in its turn, or say at once that there is no room."""
        if self._inside >= self._most_inside:
            headers = {"Retry-After": str(RETRY_SECONDS), "Connection": "close"}
            await PlainTextResponse(FULL, 503, headers)(scope, receive, send)
            return
        self._inside += 1
        try:
            async with self._turn:
                await self._app(scope, receive, send)
        finally:
            self._inside -= 1
