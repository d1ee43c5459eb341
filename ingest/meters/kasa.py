"""Kasa plugs: a counter in watt hours, asked over the plug's own line on the local network.

The line is TP-Link's first: JSON behind its length, each byte crossed with the one before. It hides nothing, so the
plug is asked at a private address alone. What wants an account speaks the encrypted line (KLAP), by python-kasa in a
process of its own (the extra `lotwork[kasa]`). Tapo plugs keep no counter that goes on; Home Assistant reads those.
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
from lotwork.ingest.sections import Label, Secret, SecretFile, one_of
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.meters.counter_source import Read

PORT, PORT_OF_ACCOUNTS = 9999, 80
FIRST_KEY = 171
LENGTH = struct.Struct(">I")
LONGEST = 65_536
"""Bytes of an answer; one is some hundreds."""


class KasaSection(CounterSection, frozen=True, kw_only=True):
    """`[[sources.kasa]]`: a plug or one socket of a strip."""

    host: str
    port: int | None = None
    child: str | None = None
    """The id of the socket, where it is a strip."""
    account: Label | None = None
    """Whose plug it is at TP-Link, where its firmware wants to be told: it then speaks the encrypted line (KLAP)."""
    password: Secret | None = None
    password_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("password", self.password, self.password_file, needed=self.account is not None)
        if self.account is None and (self.password is not None or self.password_file is not None):
            raise ValueError("password goes with `account`, the one at TP-Link: give both, or neither")
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
    password = context.reveal(section.password, section.password_file)

    def ask() -> Read:
        body = _asked(section, context) if section.account is None else _by_account(section, password or "")
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

    sent = json.dumps(_question(section), separators=(",", ":")).encode()
    deadline = Deadline(context.clock, section.deadline_seconds)
    try:
        with connected(section.host, section.port or PORT, deadline.left, tls=False) as plain:
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
            "one that wants an account has `account` and `password_file`, Tapo is read through Home Assistant; it is "
            "asked again at the next poll"
        ) from silence
    except AddressRefusedError as refused:
        raise ConfigError(f"{section.name}: host: {refused}: give the address of the plug") from None


def _question(section: KasaSection) -> dict[str, Any]:
    question: dict[str, Any] = {"emeter": {"get_realtime": {}}}
    return question if section.child is None else {"context": {"child_ids": [section.child]}, **question}


def _by_account(section: KasaSection, password: str) -> bytes:
    """Return what a plug answers that wants an account; it is asked at home alone, as the others are."""
    from lotwork.ingest.asking.addresses import check_address, resolve  # noqa: PLC0415 - only where it is asked
    from lotwork.ingest.meters.kasa_child import asked_by_account  # noqa: PLC0415 - the same

    port = section.port or PORT_OF_ACCOUNTS
    try:
        addresses = resolve(section.host, port, section.deadline_seconds)
        for address in addresses:
            check_address(address, allow_private=True, tls=False)
    except AddressRefusedError as refused:
        raise ConfigError(f"{section.name}: host: {refused}: give the address of the plug") from None
    except OSError as silence:
        raise SourceUnreachableError(
            f"{section.name}: {ITS_COUNTER}: no answer ({silence}): check its address"
        ) from None
    return asked_by_account(
        section.name,
        addresses[0],
        port,
        account=section.account or "",
        password=password,
        question=_question(section),
        seconds=section.deadline_seconds,
    )


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
[[sources.kasa]]              # a plug by Kasa that measures power (HS110, HS300, KP115, KP125)
name = "kasa"
host = "192.168.1.52"
meter = "rigs"                # the name that its tariffs bear
# account = "me@example.org"  # at TP-Link, where the plug wants one: `pip install 'lotwork[kasa]'`
""",
    units="watt hours (`total_wh`), or kWh with older plugs (`total`)",
    times="the instant at which it is asked, by the clock of this machine",
    docs="""\
The counter is asked every `every_seconds` (900), and what it rose by is spread over the time between two looks, an hour
at most. `child` is the id of a socket, where the plug is a strip. The line is TP-Link's first, on port 9999; it is not
encrypted, so a plug is asked on your own network alone. A Kasa plug whose firmware wants an account (KLAP, port 80) has
`account` and `password_file`: [python-kasa](https://github.com/python-kasa/python-kasa) (GPL-3.0, an extra) asks it, in
a process of its own that ends with each look and gets the password over its standard input. Tests try that with a
stand-in for the library. Tapo plugs keep no counter that goes on, and are read through Home Assistant.
""",
    cannot_see="""\
what was used before it was first asked, or between the last look and a reset; Tapo plugs. See [power.md](power.md) for
what is done about gaps and resets.
""",
)
