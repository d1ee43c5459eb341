"""Home Assistant: the hours of an energy sensor, from its long-term statistics, which are kept for ever.

They are told over its websocket alone, to whoever has a long-lived token. What an hour used is the difference of two
sums: a sum goes on where the sensor's own counter is reset or replaced.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.meters.runs import Span, at_second
from lotwork.ingest.meters.settings import MeterSection
from lotwork.ingest.meters.told import PARTS, THOUSANDTHS, MeterRefusedError, inside, instant, items, parts
from lotwork.ingest.ports import NOTHING, ReceiptSource
from lotwork.ingest.sections import Seconds, Secret, SecretFile, check_url, one_of
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.units import HOUR_SECONDS

if TYPE_CHECKING:
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.meters.home_assistant_line import Line
    from lotwork.ingest.meters.recorded_source import Told

UNIT = "kWh"
BEFORE = 2 * 86_400
"""Seconds before what is asked for, in which the sum is looked for that the first hour is held against."""
ENTITY = re.compile(r"[a-z0-9_]+[.:][A-Za-z0-9_]{1,200}", re.ASCII)


class HomeAssistantSection(MeterSection, frozen=True, kw_only=True):
    """`[[sources.home_assistant]]`: an energy sensor of a Home Assistant."""

    base_url: str
    entity: str
    start: date
    every_seconds: Seconds = 3_600
    token: Secret | None = None
    token_file: SecretFile | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_url(self.base_url, "base_url")
        one_of("token", self.token, self.token_file, needed=True)
        if ENTITY.fullmatch(self.entity) is None:
            raise ValueError('entity: write it as Home Assistant does, like "sensor.rig_plug_energy"')


def read_statistics(value: JsonValue, entity: str, begin: int, until: int) -> list[Span]:
    """Return what was used from *begin* to *until*, as the sums at the end of each hour say."""
    if not isinstance(value, dict):
        raise MeterRefusedError("its result is no object")
    rows = [_row(row) for row in items(value.get(entity, []), entity)]
    spans: list[Span] = []
    for (_, before, was), (start, end, total) in pairwise(rows):
        if start < before:
            raise MeterRefusedError("its hours are not in order of time, or one stands twice")
        if end > begin and start < until:
            spans.append(Span(before, end, total - was))
    return spans


def _row(row: JsonValue) -> tuple[int, int, int]:
    start, end = (instant(inside(row, key), key, THOUSANDTHS) for key in ("start", "end"))
    if end - start != HOUR_SECONDS or start % HOUR_SECONDS:
        raise MeterRefusedError("an hour of it is no hour")
    return start, end, parts(inside(row, "sum"), "sum", PARTS, signed=True)


def check_unit(value: JsonValue, entity: str) -> None:
    """Raise MeterRefusedError where what is known of *entity* says that it counts no energy."""
    known = [row for row in items(value, "the list") if isinstance(row, dict) and row.get("statistic_id") == entity]
    if len(known) != 1:
        raise MeterRefusedError(
            f"it keeps no statistics of {entity}: the sensor needs a state_class (see Developer tools, Statistics)"
        )
    (row,) = known
    if row.get("has_sum") is not True or row.get("unit_class") != "energy":
        raise MeterRefusedError(
            f"{entity} is no counter of energy (unit_class {str(row.get('unit_class'))[:20]!r}): name the sensor in "
            "kWh, not the one in W"
        )


def build(section: HomeAssistantSection, context: BuildContext) -> ReceiptSource:
    """Return the sensor that *section* describes."""
    from lotwork.ingest.meters.home_assistant_line import Line  # noqa: PLC0415 - websockets, only where it is asked
    from lotwork.ingest.meters.recorded_source import Reading, RecordedSource  # noqa: PLC0415 - the same

    token = context.reveal(section.token, section.token_file)
    if not token or not token.isascii() or not token.isprintable():
        raise ConfigError(f"{section.name}: token: it is empty, or no token: make a long-lived one in your profile")
    client = context.client(section.name, allow_private=True)
    line = Line(
        section.name,
        section.base_url,
        token,
        clock=context.clock,
        seconds=section.deadline_seconds,
        refuse=lambda item, why, body: client.refusal(item, why, NOTHING, body),
        scrub=context.scrub.without_known,
    )
    return RecordedSource(
        section=section,
        start=section.start,
        reading=Reading(ask=partial(_asked, section.entity, line), window=30, overlap=2, refuse=line.refuse),
        evidence=context.evidence,
        clock=context.clock,
        policy=context.policy(section.book),
        log=context.log,
        named=context.names_in(section.book),
    )


def _asked(entity: str, line: Line, begin: int, until: int) -> Told:
    from lotwork.ingest.meters.recorded_source import Told  # noqa: PLC0415 - only where it is asked

    item = f"{entity} from {at_second(begin):%Y-%m-%d}"
    known, told = line.ask(
        item,
        {"type": "recorder/get_statistics_metadata", "statistic_ids": [entity]},
        {
            "type": "recorder/statistics_during_period",
            "start_time": at_second(begin - BEFORE).isoformat(),
            "end_time": at_second(until).isoformat(),
            "statistic_ids": [entity],
            "period": "hour",
            "types": ["sum"],
            "units": {"energy": UNIT},
        },
    )
    try:
        check_unit(known.value, entity)
        return Told(read_statistics(told.value, entity, begin, until), told.body)
    except MeterRefusedError as refused:
        raise line.refuse(item, str(refused), told.body) from None


SOURCE = DeclaredSource(
    kind="home_assistant",
    word=lambda _section: Word(is_proven=False, says="on the word of a meter of your own"),
    label="Home Assistant: the energy of a sensor, by the hour",
    settings=HomeAssistantSection,
    build=build,
    example="""\
[[sources.home_assistant]]    # any energy sensor that Home Assistant keeps statistics of
name = "ha"
base_url = "http://192.168.1.20:8123"
entity = "sensor.rig_plug_energy"  # counts kWh, Wh or MWh; not the one that tells W
meter = "rigs"                # the name that its tariffs bear
start = 2026-01-01
token_file = "ha.token"       # a long-lived access token (your profile there, Security)
""",
    units="kWh, which is asked for whatever unit the sensor has; a sensor that is no counter of energy is refused",
    times="milliseconds since 1970 in UTC, of the beginning of each hour",
    docs="""\
The long-term statistics are kept for ever, so `start` may lie years back. What an hour used is the difference of two
sums, which go on where the counter of a plug is reset or replaced. Each look reads the last two days again: what Home
Assistant tells otherwise by then is corrected by event, and an hour it no longer has takes nothing back. Hours that it
did not record come with the next one, in one amount. What comes late is read when it comes, so the
statistics of a utility's own meter (`entity = "opower:…"`) will do too. A user without an administrator's rights will
do. It is asked over
its websocket (`ws`, or `wss` where `base_url` is https; over plain http at a private address alone).
""",
    cannot_see="""\
hours before Home Assistant knew the sensor; what you corrected in its statistics more than two days back (correct those
events here too).
""",
)
