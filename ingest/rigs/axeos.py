"""A Bitaxe, NerdQAxe or another rig under AxeOS, declared: asked over HTTP on the miner's own network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lotwork.ingest.declaration import DeclaredSource, Word
from lotwork.ingest.rigs.answer import Look, RigRefusedError, axeos
from lotwork.ingest.rigs.settings import RigSection, check_own_network
from lotwork.ingest.sections import check_url

if TYPE_CHECKING:
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.rigs.watching import RigSource

PATH = "/api/system/info"
ITEM = "what it draws"
SAYS = Word(is_proven=False, says="on the word of the rig itself, and in no figure", remedy="put a meter before it")


class AxeOsSection(RigSection, frozen=True, kw_only=True):
    """`[[sources.axeos]]`: one rig under AxeOS."""

    url: str

    def __post_init__(self) -> None:
        super().__post_init__()
        check_url(self.url, "url")
        check_own_network(urlsplit(self.url).hostname or "", "url")


def build(section: AxeOsSection, context: BuildContext) -> RigSource:
    """Return the source that asks the rig of *section*."""
    from lotwork.ingest.rigs.watching import RigSource  # noqa: PLC0415 - only where a rig is asked

    client = context.client(section.name, allow_private=True, deadline_seconds=section.deadline_seconds)

    def read() -> Look:
        return look_at(section, client)

    return RigSource(section=section, read=read, clock=context.clock, policy=context.policy(section.book))


def look_at(section: AxeOsSection, client: BoundedClient) -> Look:
    """Ask the rig; raises SourceUnreachableError, or SourceRefusedError where its answer is not to be believed."""
    answer = client.get_json(section.url.rstrip("/") + PATH, item=ITEM)
    try:
        return axeos(answer.value, section.most_watts)
    except RigRefusedError as refused:
        remedy = "nothing was recorded; see that the address is a rig's under AxeOS, and report it if it is"
        raise client.refusal(ITEM, str(refused), remedy) from None


SOURCE = DeclaredSource(
    kind="axeos",
    word=lambda _section: SAYS,
    label="A rig under AxeOS (Bitaxe, NerdQAxe)",
    settings=AxeOsSection,
    build=build,
    example="""\
[[sources.axeos]]             # what a Bitaxe says that it draws: an estimate, and in no figure
name = "axe"
url = "http://192.168.1.50"   # give the rig a fixed address
# rig = "Bitaxe Gamma axe-3"  # as its equipment is called
# meter = "garage"            # the meter behind which it hangs
""",
    units="watts, thousandths of which are counted; kWh to the third decimal, cut off",
    times="the seconds since the rig began, against our own clock; an estimate is of one day of the taxpayer's",
    docs="""\
Asked every five minutes for `power` and `uptimeSeconds` under `/api/system/info` ([ESP-Miner's
description](https://github.com/bitaxeorg/ESP-Miner/blob/master/main/http_server/openapi.yaml)). The mean of two looks
times the time it ran between them is what it drew; each day that is over becomes an
[`energy_estimate`](events.md#energy_estimate).

**It is an estimate and stays one**: it is in no figure, takes the place of no meter and no bill, and no tariff prices
it. `lotwork expenses` shows it beside them, with what the `meter` counted in the same time. Two things are asked: a
meter that counted less than the rigs behind it say (`estimate_above_meter`), and a year of power that no bill, reading
or host tells (`power_untold`).

The time before a restart, and what lies between two looks more than 31 days apart, is not counted, so it is rather too
low. An answer of another device at the same address, or in another unit (more than `most_watts`, or not what its volts
and amperes come to), is refused. Of the answer nothing but watts and seconds is kept: it names your wallet and network.
""",
    cannot_see="what its supply and the fans beside it draw; the time in which it was not asked and began anew.",
)
