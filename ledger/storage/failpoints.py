"""Named places where a test may make this process die or fail, to prove that nothing is lost there.

`LOTWORK_FAILPOINT=name:kill` sends this process SIGKILL at that place, `name:raise` raises FailpointError; a third
part says at which visit (`append.before_commit:kill:3`). Unset, a failpoint is an empty
function.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from lotwork.ledger.errors import LotworkError

VARIABLE = "LOTWORK_FAILPOINT"

NAMES = (
    "append.before_begin",
    "append.after_begin",
    "append.before_insert",
    "append.after_insert",
    "append.after_cursor",
    "append.after_outbox",
    "append.before_commit",
    "append.after_commit",
    "heads.before_write",
    "heads.before_sync",
    "heads.after_write",
    "outbox.before_send",
    "outbox.after_send",
    "outbox.after_mark",
    "evidence.before_rename",
    "backup.before_rename",
    "restore.before_rename",
    "restore.after_rename",
    "restore.in_place",
)


class FailpointError(LotworkError):
    """A test asked this process to fail here."""


def armed(setting: str) -> Callable[[str], None]:
    """Return the function that stops at the failpoint *setting* names, and passes every other."""
    if not setting:
        return lambda _name: None
    wanted, action, *visit = setting.split(":")
    if wanted not in NAMES or action not in {"kill", "raise"}:
        raise FailpointError(f"{VARIABLE}={setting}: the failpoints are {', '.join(NAMES)}, each :kill or :raise")
    left = [int(visit[0]) if visit else 1]

    def stop(name: str) -> None:
        if name != wanted:
            return
        left[0] -= 1
        if left[0] != 0:
            return
        if action == "kill":
            import signal  # noqa: PLC0415 - only a test that kills needs it

            os.kill(os.getpid(), signal.SIGKILL)
        raise FailpointError(f"stopped at {name}, as {VARIABLE} asked")

    return stop


def arm(setting: str) -> None:
    """Arm this process as `LOTWORK_FAILPOINT=setting` would have."""
    _ARMED[0] = armed(setting)


def hit(name: str) -> None:
    """Pass the failpoint *name*, unless a test armed it."""
    _ARMED[0](name)


_ARMED = [armed(os.environ.get(VARIABLE, ""))]
