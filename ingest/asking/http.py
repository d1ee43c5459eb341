"""The one way to ask a public API: bounded in time, size and trust.

One call has one deadline, retries and waits included. A body is capped as it arrives and again as it is unpacked.
Nothing is redirected, no proxy is taken from the environment, a public source is asked over https at a global
address. What comes back is JSON with exact decimals, or a refusal that names the source, the item, the reason and the
next step, and never the URL or a header: those may carry a key.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from http import HTTPStatus

import httpx2
import stamina
from stamina.instrumentation import set_on_retry_hooks

from lotwork.ingest.asking.addresses import NO_ADDRESS, AddressRefusedError, has_way_out
from lotwork.ingest.asking.answer import BYTES, NOTHING_RECORDED, Answer, JsonAnswer, judge, read_bounded
from lotwork.ingest.asking.digest import Digest
from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.quarantine import Quarantine
from lotwork.ingest.asking.question import Question, Sign, unsigned
from lotwork.ingest.asking.refusal import AskAgainError, RefusedBodyError
from lotwork.ingest.asking.transport import Budget, PinnedNetwork, PinnedTransport
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, RateLimitedError, SourceRefusedError, SourceUnreachableError

# httpx2 logs each URL with its query at INFO; stamina's default hook prints through structlog, by default to stdout.
logging.getLogger("httpx2").setLevel(logging.WARNING)
logging.getLogger("httpcore2").setLevel(logging.WARNING)
set_on_retry_hooks(())

MEBIBYTE = 1024 * 1024


@cache
def trusted() -> ssl.SSLContext:
    """Return what a server must prove who it is by: made once, for it holds every authority, 0.8 MiB of them."""
    return httpx2.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of our time and memory one call may take."""

    deadline_seconds: float = 30.0
    most_bytes: int = 10 * MEBIBYTE
    attempts: int = 3
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 8.0


@dataclass(kw_only=True)
class BoundedClient:
    """Asks one source. *allow_private* is for what is the taxpayer's own: private addresses, and http at those."""

    source: str
    clock: Clock
    pace: Pace
    allow_private: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    quarantine: Quarantine | None = None
    sign: Sign = field(default=unsigned, repr=False)
    """Puts the key to a question, or signs it; asked anew for each attempt."""
    scrub: Callable[[str], str] = field(default=str, repr=False)
    """Takes our secrets out of what a stranger says, before it stands in a message."""
    login: Digest | None = field(default=None, repr=False)
    """Answers a challenge with what proves a password, where whoever is asked wants one so."""
    gap_seconds: float | None = None
    """The seconds between two questions, where this source asks for another gap than all others."""

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return trusted()

    def budget(self) -> Budget:
        """Return the time that all the questions of one look may take together, beginning now."""
        return Budget(self.clock, self.bounds.deadline_seconds)

    def get_json(
        self, url: str, *, item: str, params: Mapping[str, str | int] | None = None, until: Budget | None = None
    ) -> JsonAnswer:
        """Return what *url* answers to a GET; see `ask_json`."""
        return self.ask_json(Question(url=url, params=params or {}), item=item, until=until)

    def ask_json(self, question: Question, *, item: str, until: Budget | None = None) -> JsonAnswer:
        """Return the answer to *question*, as JSON with exact decimals; *item* names the question in messages.

        *until* is the time of a whole look, where the question is one of several.

        Raises SourceUnreachableError (no answer in time, or "later") or SourceRefusedError (an answer not to be
        believed; its first bytes are in quarantine).
        """
        answer = self._answer(question, item, until)
        try:
            return JsonAnswer(parse_json(answer.body), answer.body)
        except JsonRefusedError as refused:
            raise self.refusal(item, str(refused), "nothing was recorded; ask again later", answer.body) from None

    def get_text(self, url: str, *, item: str, until: Budget | None = None) -> str | None:
        """Return the word that *url* answers; None where it says that there is none. Raises as `ask_json` does."""
        answer = self._answer(Question(url=url, text=True), item, until)
        if answer.status != HTTPStatus.OK:
            return None
        try:
            return answer.body.decode("ascii").strip()
        except UnicodeDecodeError:
            raise self.refusal(item, "the answer is no plain word", NOTHING_RECORDED, answer.body) from None

    def ask_bytes(self, question: Question, *, item: str) -> bytes | None:
        """Return the bytes that answer a `binary` question; None where there are none. Raises as `ask_json` does."""
        answer = self._answer(question, item, None)
        return answer.body if answer.status == HTTPStatus.OK else None

    def _answer(self, question: Question, item: str, until: Budget | None) -> Answer:
        """Return the answer to *question*; raise what is wrong with it as an error of its source."""
        target = self._target(question.url, question.params)
        try:
            return self._ask(question, target, item, until or self.budget())
        except AskAgainError as last:
            if last.body is not None:
                raise self.refusal(item, last.reason, last.remedy, last.body) from None
            told = self.scrub(f"{self.source}: {item}: {last.reason}: {last.remedy}")
            if last.is_limit:
                raise RateLimitedError(told, last.wait_seconds) from None
            raise SourceUnreachableError(told) from None
        except RefusedBodyError as refused:
            error = self.refusal(item, refused.reason, refused.remedy, refused.body)
            error.status, error.said = refused.status, self.scrub(refused.said)
            raise error from None

    def _unconnected(self, broken: httpx2.HTTPError) -> tuple[str, str]:
        """Return why there was no connection, and what to look at: the machine, the name, or whoever is asked."""
        reason = f"no connection ({type(broken).__name__})"
        if not self.allow_private and not has_way_out():
            return f"{reason}: this machine has no network", "connect it; it is asked again"
        if NO_ADDRESS in str(broken):
            look = "see that this machine is on a network that looks names up, and that the address is right"
            return f"{reason}: its name cannot be looked up", f"{look}; it is asked again"
        return reason, "check the network and the address; it is asked again"

    def refusal(self, item: str, reason: str, remedy: str, body: bytes = b"") -> SourceRefusedError:
        """Return the error for an answer that must not be believed, its first bytes put in quarantine."""
        if self.quarantine is not None and body:
            self.quarantine.keep(self.source, item, reason, body)
        return SourceRefusedError(self.scrub(f"{self.source}: {item}: {reason}: {remedy}"))

    def _target(self, url: str, params: Mapping[str, str | int] | None) -> httpx2.URL:
        """Return the URL to ask, or raise ConfigError where its scheme or form is not allowed."""
        try:
            target = httpx2.URL(url)
            target = target.copy_merge_params(params) if params else target
        except (httpx2.InvalidURL, ValueError):
            raise ConfigError(f"{self.source}: its address cannot be read: write it like https://host/path") from None
        if target.scheme != "https" and not (self.allow_private and target.scheme == "http"):
            raise ConfigError(f"{self.source}: its address must begin with https://: correct it in the configuration")
        if not target.host:
            raise ConfigError(f"{self.source}: its address names no host: write it like https://host/path")
        return target

    def _ask(self, question: Question, target: httpx2.URL, item: str, budget: Budget) -> Answer:
        """Ask until there is an answer, the attempts are used up, or the wait would outlast the budget."""

        def again(failure: Exception) -> bool | float:
            if not isinstance(failure, AskAgainError) or failure.wait_seconds >= budget.left():
                return False
            return failure.wait_seconds or True

        for attempt in stamina.retry_context(
            on=again,
            attempts=self.bounds.attempts,
            timeout=self.bounds.deadline_seconds,
            wait_initial=self.bounds.first_wait_seconds,
            wait_max=self.bounds.longest_wait_seconds,
            wait_jitter=self.bounds.first_wait_seconds,
        ):
            with attempt:
                return self._attempt(question, target, budget)
        raise AssertionError(f"{self.source}: {item}: the last attempt neither answered nor failed")

    def _transport(self, target: httpx2.URL, budget: Budget) -> httpx2.BaseTransport:
        """Return what carries one question to *target*."""
        tls = target.scheme == "https"
        network = PinnedNetwork(budget, allow_private=self.allow_private, tls=tls)
        return PinnedTransport(network, self._tls if tls else None)

    def _attempt(self, question: Question, target: httpx2.URL, budget: Budget) -> Answer:
        """Ask once; a failure that may pass raises AskAgainError, one that will not RefusedBodyError."""
        host = f"{target.host}:{target.port or target.scheme}"
        self.pace.wait(host, budget, self.gap_seconds)
        signed = self.sign(question, self.clock.now())
        accept = BYTES[1] if question.binary else "application/json"
        headers = {"accept": accept, "accept-encoding": "gzip", "user-agent": "lotwork", **self.headers}
        headers |= signed.sent_headers()
        answer = self._sent(signed, target, headers, budget)
        if answer.status == HTTPStatus.UNAUTHORIZED and self.login is not None:
            known = self.login.answer(signed.method, target, answer.challenges)
            answer = self._sent(signed, target, {**headers, "authorization": known}, budget)
        judge(answer, self.clock.now(), lambda seconds: self.pace.hold(host, seconds), text=question.text,
              binary=question.binary)  # fmt: skip
        return answer

    def _sent(self, signed: Question, target: httpx2.URL, headers: Mapping[str, str], budget: Budget) -> Answer:
        """Send the question over a connection of its own, and return what came back."""
        transport = self._transport(target, budget)
        try:
            with (
                httpx2.Client(transport=transport, trust_env=False, follow_redirects=False, headers=headers) as client,
                client.stream(signed.method, target, content=signed.body or None) as response,
            ):
                return read_bounded(response, self.bounds.most_bytes)
        except AddressRefusedError as refused:
            instead = "" if self.allow_private else ", or allow private addresses for it"
            raise RefusedBodyError(str(refused), f"correct the address{instead}") from None
        except httpx2.TimeoutException:
            waited = f"no answer within {self.bounds.deadline_seconds:g} s"
            raise AskAgainError(waited, "it is asked again at the next poll") from None
        except httpx2.RemoteProtocolError:
            raise AskAgainError("the answer ended early or is not HTTP", "it is asked again at the next poll") from None
        except httpx2.HTTPError as broken:
            raise AskAgainError(*self._unconnected(broken)) from None
