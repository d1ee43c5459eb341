"""Whose word a stamp is held against: a node of the settings, or a header that was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from lotwork.commands.answer import Call
from lotwork.commands.telling import hush
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError

if TYPE_CHECKING:
    from lotwork.ingest.bitcoin.section import BitcoinSection
    from lotwork.ingest.bitcoin.stamped import Held, Stood


@contextmanager
def blocks(call: Call, node: str | None, header: str | None) -> Iterator[Held | None]:
    """Yield what looks at a block: by *node*, a name of the settings, or in *header*; None where neither is given."""
    if node is not None and header is not None:
        raise UsageError("--node and --header are both given: keep one")
    if node is not None:
        yield from _by_node(call, node)
    elif header is not None:
        yield _by_header(header)
    else:
        yield None


def _by_header(header: str) -> Held:
    from lotwork.ingest.bitcoin.stamped import in_header  # noqa: PLC0415 - only where a stamp is

    try:
        raw = bytes.fromhex(header)
    except ValueError:
        raise UsageError("--header is no hex: give the 80 bytes of the block's header as 160 hex digits") from None

    def held(chain: str, height: int, root: bytes) -> Stood:
        return in_header(raw, chain, height, root, _now())

    return held


def _by_node(call: Call, name: str) -> Iterator[Held]:
    from lotwork.config import load  # noqa: PLC0415 - only who names a node reads settings
    from lotwork.ingest.asking.patience import Deadline  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.rpc import RpcNode  # noqa: PLC0415 - the same
    from lotwork.ingest.bitcoin.stamped import NotInBlockError, family_of, in_chain, is_test  # noqa: PLC0415 - the same

    config = load(call.home)
    hush(config.secrets())
    nodes: tuple[BitcoinSection, ...] = config.settings.sources.of("bitcoin_node")  # type: ignore[assignment]  # its kind
    section = next((each for each in nodes if each.name == name), None)
    if section is None:
        named = ", ".join(each.name for each in nodes) or "none"
        raise UsageError(f"no [[sources.bitcoin_node]] is called {name!r}: the settings have {named}")
    if is_test(section.chain):
        call.say(f"lotwork: {section.chain} is a test chain: its blocks cost nothing, and prove no time")
    password = config.secret(section.password, section.password_file) or ""
    deadline = Deadline(SystemClock(), section.deadline_seconds)
    asked = RpcNode(section.url, section.user, password, deadline=deadline)

    def held(chain: str, height: int, root: bytes) -> Stood:
        if family_of(section.chain) != chain:
            raise NotInBlockError(f"the node {name} is of {section.chain}: name one of {chain}")
        return in_chain(asked, section.chain, height, root, _now())

    try:
        yield held
    finally:
        asked.close()


def _now() -> datetime:
    return SystemClock().now()
