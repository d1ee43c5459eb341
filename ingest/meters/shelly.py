"""Shelly plugs and meters: a counter that is asked where it stands, or records by the minute that are read on.

Gen2 and later count in watt hours, plugs and relays of the first generation in watt minutes, and its energy meters in
watt hours. What keeps records keeps them for two months.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from lotwork.ingest.asking.question import by_header, unsigned
from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.meters.runs import Span
from lotwork.ingest.meters.settings import AskedSection
from lotwork.ingest.meters.told import WATT_HOURS, Count, MeterRefusedError, inside, instant, items, number, parts
from lotwork.ingest.ports import NOTHING, ReceiptSource

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.meters.recorded_source import Told

Component: TypeAlias = Literal["switch", "pm1", "em1", "em", "relay", "emeter"]
WATT_MINUTES = 60
"""Of a watt hour."""
PHASES = ("a_", "b_", "c_")
USED, FED_BACK = "total_act_energy", "total_act_ret_energy"
PART_SECONDS = 4 * 3_600
"""A device takes a second for an hour of records: more are not asked for at once."""
LONGEST_PERIOD = 3_600
MOST_CHANNELS = 100
USER = "admin"
"""Who every Shelly knows, and nobody else."""
OF_THE_FIRST = frozenset({"relay", "emeter"})
COUNTERS = {"switch": "Switch.GetStatus", "pm1": "PM1.GetStatus"}
RECORDS = {"em1": "EM1Data.GetData", "em": "EMData.GetData"}


class ShellySection(AskedSection, frozen=True, kw_only=True):
    """`[[sources.shelly]]`: a plug, a relay or an energy meter."""

    component: Component = "switch"
    channel: int = 0
    start: date | None = None
    """From which day on records are read; needed by what keeps them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.component in RECORDS) != (self.start is not None):
            raise ValueError("start: em1 and em keep records, and are read from a day on; the others keep none")
        if not 0 <= self.channel < MOST_CHANNELS:
            raise ValueError("channel: a device numbers its channels from 0")


def read_counter(value: JsonValue, component: str) -> Count:
    """Return where the counter stands, as the answer of a *component* says."""
    if component in COUNTERS:
        total = inside(value, "aenergy", "total")
        back = value.get("ret_aenergy") if isinstance(value, dict) else None
        return Count(
            parts(total, "total of aenergy", WATT_HOURS),
            number(inside(value, "apower"), "apower", signed=True),
            0 if back is None else parts(inside(back, "total"), "total of ret_aenergy", WATT_HOURS),
            f"it says {total} Wh",
        )
    if inside(value, "is_valid") is not True:
        raise MeterRefusedError("it says itself that what it measures is not valid")
    total = inside(value, "total")
    watts = number(inside(value, "power"), "power", signed=True)
    if component == "emeter":
        fed_back = parts(inside(value, "total_returned"), "total_returned", WATT_HOURS)
        return Count(parts(total, "total", WATT_HOURS), watts, fed_back, f"it says {total} Wh")
    counted = parts(total, "total", WATT_HOURS) // WATT_MINUTES
    return Count(counted, watts, 0, f"it says {total} watt minutes")


def read_records(value: JsonValue, component: str) -> tuple[list[Span], int | None]:
    """Return the records of an answer, and from which second the rest is to be asked."""
    keys = items(inside(value, "keys"), "keys")
    lead = PHASES if component == "em" else ("",)
    used = [_place(keys, f"{phase}{USED}") for phase in lead]
    back = [_place(keys, f"{phase}{FED_BACK}") for phase in lead]
    spans: list[Span] = []
    for block in items(inside(value, "data"), "data"):
        begin = instant(inside(block, "ts"), "ts")
        period = inside(block, "period")
        if isinstance(period, bool) or not isinstance(period, int) or not 1 <= period <= LONGEST_PERIOD:
            raise MeterRefusedError("period is no number of seconds")
        for row in items(inside(block, "values"), "values"):
            told = items(row, "a record")
            if len(told) != len(keys):
                raise MeterRefusedError("a record has not one value for each key")
            energy = sum(parts(told[place], USED, WATT_HOURS) for place in used)
            fed_back = sum(parts(told[place], FED_BACK, WATT_HOURS) for place in back)
            spans.append(Span(begin, begin + period, energy, fed_back))
            begin += period
    more = value.get("next_record_ts") if isinstance(value, dict) else None
    return spans, None if more is None else instant(more, "next_record_ts")


def _place(keys: list[JsonValue], name: str) -> int:
    if keys.count(name) != 1:
        raise MeterRefusedError(f"keys: {name} stands there {'twice' if name in keys else 'never'}")
    return keys.index(name)


def build(section: ShellySection, context: BuildContext) -> ReceiptSource:
    """Return the counter, or the records, that *section* describes."""
    from lotwork.ingest.asking.digest import Digest  # noqa: PLC0415 - httpx2, only where it is asked

    password = context.reveal(section.password, section.password_file)
    is_first = section.component in OF_THE_FIRST
    words = b64encode(f"{USER}:{password}".encode()).decode()
    client = context.client(
        section.name,
        allow_private=section.allow_private,
        deadline_seconds=section.deadline_seconds,
        sign=by_header("authorization", f"Basic {words}") if password is not None and is_first else unsigned,
        login=Digest(USER, password) if password is not None and not is_first else None,
        gap_seconds=0,
    )
    if section.start is None:
        return _counter(section, context, client)
    from lotwork.ingest.meters.recorded_source import Reading, RecordedSource  # noqa: PLC0415 - only where it is asked

    return RecordedSource(
        section=section,
        start=section.start,
        reading=Reading(
            ask=partial(_records, section, client),
            window=1,
            overlap=0,
            refuse=lambda item, why, body: client.refusal(item, why, NOTHING, body),
        ),
        evidence=context.evidence,
        clock=context.clock,
        policy=context.policy(section.book),
        log=context.log,
        named=context.names_in(section.book),
    )


def _counter(section: ShellySection, context: BuildContext, client: BoundedClient) -> ReceiptSource:
    from lotwork.ingest.meters.over_http import counter_over_http  # noqa: PLC0415 - only where it is asked

    rpc = COUNTERS.get(section.component)
    url = f"{section.base_url}/{section.component.replace('relay', 'meter')}/{section.channel}"
    return counter_over_http(
        section,
        context,
        client,
        url=url if rpc is None else f"{section.base_url}/rpc/{rpc}",
        params={} if rpc is None else {"id": section.channel},
        read=partial(read_counter, component=section.component),
    )


def _records(section: ShellySection, client: BoundedClient, begin: int, until: int) -> Told:
    from lotwork.ingest.meters.recorded_source import Told  # noqa: PLC0415 - only where it is asked

    end = min(until, begin + PART_SECONDS)
    item = f"records from {begin}"
    params = {"id": section.channel, "ts": begin, "end_ts": end - 1}
    answer = client.get_json(f"{section.base_url}/rpc/{RECORDS[section.component]}", item=item, params=params)
    try:
        spans, more = read_records(answer.value, section.component)
    except MeterRefusedError as refused:
        raise client.refusal(item, str(refused), NOTHING, answer.body) from None
    asked = [span for span in spans if begin <= span.begin < end]
    return Told(asked, answer.body, more if more is not None and begin < more < end else end)


SOURCE = DeclaredSource(
    kind="shelly",
    word=lambda _section: Word(is_proven=False, says="on the word of a meter of your own"),
    label="Shelly plugs and energy meters",
    settings=ShellySection,
    build=build,
    example="""\
[[sources.shelly]]            # a plug, a relay or an energy meter on your own network
name = "plug"
base_url = "http://192.168.1.50"
component = "switch"          # switch, pm1, em1, em (three phases); of the first generation relay, emeter
meter = "rigs"                # the name that its tariffs bear
""",
    units="watt hours (Gen2 and later, and `emeter`), watt minutes (`relay`): kept as kWh to the millionth of a Wh",
    times="""\
seconds since 1970 in UTC, of the beginning of each record (`em1`, `em`); a counter is told for the instant at which it
is asked, by the clock of this machine""",
    docs="""\
`em1` and `em` (Pro EM, Pro 3EM) keep records of a minute for some two months: read from `start` on (`start =
2026-11-01`), day by day, once a day is over; the phases of `em` are added up. A plug or relay keeps no past: its
counter is asked every `every_seconds` (900), and what it rose by is spread over the time between two looks, an hour at
most. `channel` is the number of the relay or meter. `password_file` holds its password: from the second generation on
a digest (SHA-256) proves it and it is never sent; a device of the first is sent it with each question. Over http a
device is asked in your own network alone. Where power flows back (`ret_aenergy`, `total_returned`) the day is in doubt.
A relay of the first generation begins at 0 after each power cut.
""",
    cannot_see="""\
what a plug used before it was first asked, or between the last look and a reset. See [power.md](power.md) for what is
done about gaps, resets and returns.
""",
)
