"""A device whose counter is asked with one question over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lotwork.ingest.meters.counter_source import CounterSource, Read
from lotwork.ingest.meters.settings import CounterSection
from lotwork.ingest.meters.told import ITS_COUNTER, Count, MeterRefusedError
from lotwork.ingest.ports import NOTHING

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.asking.json_guard import JsonValue
    from lotwork.ingest.context import BuildContext


def counter_over_http(
    section: CounterSection,
    context: BuildContext,
    client: BoundedClient,
    *,
    url: str,
    params: Mapping[str, str | int],
    read: Callable[[JsonValue], Count],
) -> CounterSource:
    """Return the counter that *url* tells of, its answer understood by *read*."""

    def ask() -> Read:
        answer = client.get_json(url, item=ITS_COUNTER, params=params)
        try:
            return Read(read(answer.value), answer.body)
        except MeterRefusedError as refused:
            raise client.refusal(ITS_COUNTER, str(refused), NOTHING, answer.body) from None

    return CounterSource(
        section=section,
        read=ask,
        evidence=context.evidence,
        clock=context.clock,
        policy=context.policy(section.book),
    )
