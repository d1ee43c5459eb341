"""Kasa plugs: a counter in watt hours, asked over the plug's own line on the local network.

The line is TP-Link's first: JSON behind its length, each byte crossed with the one before. It hides nothing, so the
plug is asked at a private address alone. What speaks only the later, encrypted one (Tapo, newer Kasa) Home Assistant
reads.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.meters.settings import CounterSection
from lotwork.ingest.meters.told import (
    ITS_COUNTER,
    PARTS,
    THOUSANDTHS,
    WATT_HOURS,
    Count,
    MeterRefusedError,
    inside,
    number,
    parts,
)
from lotwork.ingest.ports import NOTHING, ReceiptSource
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.meters.counter_source import Read

PORT = 9999
FIRST_KEY = 171
LENGTH = struct.Struct(">I")
LONGEST = 65_536
"""Bytes of an answer; one is some hundreds."""


class KasaSection(CounterSection, frozen=True, kw_only=True):
    """`[[sources.kasa]]`: a plug or one socket of a strip."""

    host: str
    port: int = PORT
    child: str | None = None
    """The id of the socket, where it is a strip."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.host.strip() or "/" in self.host or any(letter.isspace() for letter in self.host):
            raise ValueError('host: give the address alone, like "192.168.1.52"')


def crossed(data: bytes) -> bytes:
    """Return *data* as it is sent: each byte crossed with the one before it, as sent."""
    key, sent = FIRST_KEY, bytearray()
    for byte in data:
        key ^= byte
        sent.append(key)
    return bytes(sent)


def uncrossed(data: bytes) -> bytes:
    """Return what was sent as *data*."""
    key, told = FIRST_KEY, bytearray()
    for byte in data:
        told.append(key ^ byte)
        key = byte
    return bytes(told)


def read_counter(value: JsonValue) -> Count:
    """Return where the counter stands: plugs tell kWh and W, or watt hours and milliwatts, by their age."""
    told = inside(value, "emeter", "get_realtime")
    failed = inside(told, "err_code")
    if failed != 0 or isinstance(failed, bool):
        raise MeterRefusedError("it says that it failed: does this plug measure power?")
    if isinstance(told, dict) and "total_wh" in told:
        watts = number(inside(told, "power_mw"), "power_mw", signed=True) / THOUSANDTHS
        total = told["total_wh"]
        return Count(parts(total, "total_wh", WATT_HOURS), watts, 0, f"it says {total} Wh")
    total = inside(told, "total")
    watts = number(inside(told, "power"), "power", signed=True)
    return Count(parts(total, "total", PARTS), watts, 0, f"it says {total} kWh")


def build(section: KasaSection, context: BuildContext) -> ReceiptSource:
    """Return the counter that *section* describes."""
    from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json  # noqa: PLC0415 - only where it is asked
    from lotwork.ingest.meters.counter_source import CounterSource, Read  # noqa: PLC0415 - the same

    client = context.client(section.name, allow_private=True)

    def ask() -> Read:
        body = _asked(section, context)
        try:
            return Read(read_counter(parse_json(body)), body)
        except (JsonRefusedError, MeterRefusedError) as refused:
            raise client.refusal(ITS_COUNTER, str(refused), NOTHING, body) from None

    return CounterSource(
        section=section,
        read=ask,
        evidence=context.evidence,
        clock=context.clock,
        policy=context.policy(section.book),
    )


def _asked(section: KasaSection, context: BuildContext) -> bytes:
    """Return what the plug answers, within the deadline."""
    from lotwork.ingest.asking.patience import Deadline, EndingSocket, connected  # noqa: PLC0415 - only where asked

    question: dict[str, Any] = {"emeter": {"get_realtime": {}}}
    if section.child is not None:
        question = {"context": {"child_ids": [section.child]}, **question}
    sent = json.dumps(question, separators=(",", ":")).encode()
    deadline = Deadline(context.clock, section.deadline_seconds)
    try:
        with connected(section.host, section.port, deadline.left, tls=False) as plain:
            line = EndingSocket(plain, deadline.left)
            line.sendall(LENGTH.pack(len(sent)) + crossed(sent))
            with line.makefile("rb") as arriving:
                (length,) = LENGTH.unpack(_exactly(arriving, LENGTH.size))
                if length > LONGEST:
                    raise SourceRefusedError(
                        f"{section.name}: {ITS_COUNTER}: its answer is longer than {LONGEST} bytes: {NOTHING}; check "
                        "what listens there"
                    )
                return uncrossed(_exactly(arriving, length))
    except (OSError, EOFError) as silence:
        raise SourceUnreachableError(
            f"{section.name}: {ITS_COUNTER}: no answer ({str(silence) or type(silence).__name__}): check its address; "
            "newer plugs (Tapo, KLAP) do not answer here: read those through Home Assistant; it is asked again at the "
            "next poll"
        ) from silence
    except AddressRefusedError as refused:
        raise ConfigError(f"{section.name}: host: {refused}: give the address of the plug") from None


def _exactly(arriving: Any, length: int) -> bytes:
    data: bytes = arriving.read(length)
    if len(data) < length:
        raise EOFError("the answer ended early")
    return data


SOURCE = DeclaredSource(
    kind="kasa",
    word=lambda _section: Word(is_proven=False, says="on the word of a meter of your own"),
    label="Kasa plugs",
    settings=KasaSection,
    build=build,
    example="""\
[[sources.kasa]]              # a plug by Kasa that speaks the first line (HS110, HS300, KP115, KP125)
name = "kasa"
host = "192.168.1.52"
meter = "rigs"                # the name that its tariffs bear
""",
    units="watt hours (`total_wh`), or kWh with older plugs (`total`)",
    times="the instant at which it is asked, by the clock of this machine",
    docs="""\
The counter is asked every `every_seconds` (900), and what it rose by is spread over the time between two looks, an hour
at most. `child` is the id of a socket, where the plug is a strip. The line is TP-Link's first, on port 9999; it is not
encrypted, so a plug is asked on your own network alone. Tapo plugs and Kasa plugs that want an account (KLAP) are read
through Home Assistant.
""",
    cannot_see="""\
what was used before it was first asked, or between the last look and a reset; plugs that speak only KLAP. See
[power.md](power.md) for what is done about gaps and resets.
""",
)
