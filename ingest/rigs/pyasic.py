"""An ASIC of any make, declared: read by pyasic, which needs the extra `lotwork[pyasic]`, in a process of its own."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.rigs.axeos import SAYS
from lotwork.ingest.rigs.settings import RigSection, check_own_network

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.rigs.watching import RigSource


class PyasicSection(RigSection, frozen=True, kw_only=True):
    """`[[sources.pyasic]]`: one ASIC."""

    host: str
    """Its address on the miner's own network."""

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            raise ValueError(f'host {self.host!r} is no address: write it like "192.168.1.60"') from None
        check_own_network(self.host, "host")


def build(section: PyasicSection, context: BuildContext) -> RigSource:
    """Return the source that asks the rig of *section*; pyasic is loaded by the process that asks."""
    from lotwork.ingest.rigs.child import Child  # noqa: PLC0415 - only where a rig is asked
    from lotwork.ingest.rigs.watching import RigSource  # noqa: PLC0415 - the same

    child = Child(section.name, section.host, section.deadline_seconds, section.most_watts)
    return RigSource(section=section, read=child.look, clock=context.clock, policy=context.policy(section.book))


SOURCE = DeclaredSource(
    kind="pyasic",
    word=lambda _section: SAYS,
    label="An ASIC read by pyasic (Antminer, Whatsminer, Avalon, Braiins OS, LuxOS, VNish)",
    settings=PyasicSection,
    build=build,
    example="""\
[[sources.pyasic]]            # what an ASIC says that it draws; needs `pip install 'lotwork[pyasic]'`
name = "s21"
host = "192.168.1.60"         # give the rig a fixed address
# rig = "Antminer S21 HKYQA1" # as its equipment is called
# meter = "garage"            # the meter behind which it hangs
""",
    units="whole watts; kWh to the third decimal, cut off",
    times="the seconds since the rig began, where it says so; an estimate is of one day of the taxpayer's",
    docs="""\
[pyasic](https://github.com/UpstreamData/pyasic) knows how each make is asked; its `wattage` and `uptime` become what
[AxeOS](#a-rig-under-axeos-bitaxe-nerdqaxe-sourcesaxeos)'s do: an estimate by the day, beside meters and bills, in no
figure. It is an extra (`pip install 'lotwork[pyasic]'`, 70 MB) and runs in a process of its own, which ends with each
look: nothing of it is in the daemon, and none of your secrets in it. A make that does not say what it draws is refused;
one that does not say since when it runs is counted between looks an hour apart at most.
""",
    cannot_see="what a make does not say: many firmwares tell no watts, and some of those they tell are a limit.",
)
