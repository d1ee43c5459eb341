"""What the tests draw by chance: the same examples every time, and others in each round of `make fuzz`.

A property draws from the hash of its own text, so that a run fails, or not, for what the product does and for nothing
else: not for what an earlier run left in `.hypothesis`, nor for the modules that happen to be imported, whose numbers
hypothesis else draws too. `make fuzz` may use both. Other tests draw from seeds of their own: `seeded` and `stream`.
"""

from __future__ import annotations

import os
from random import Random  # noqa: TID251 - seeded: the draws of tests

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import is_local_module_file

from lotwork.ledger.clock import SystemClock

SAME, FUZZ = "same", "fuzz"
ROUND = "LOTWORK_FUZZ_ROUND"
"""The seed of a round of `make fuzz`, in the environment; absent from every other run."""
LATEST = "LOTWORK_FUZZ_LATEST"
"""The second of the monotonic clock after which a round begins no further test."""


def register() -> None:
    """Make the two profiles known, and load the one that draws the same examples every time."""
    # How long a draw may take is a question of the machine, and no promise of ours: no deadline, and never too slow.
    patient = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(SAME, patient, derandomize=True, database=None)
    settings.register_profile(FUZZ, patient, max_examples=500)
    settings.load_profile(SAME)
    vars(providers)["is_local_module_file"] = _numbers_may_be_drawn


def _numbers_may_be_drawn(path: str) -> bool:
    return settings.get_current_profile_name() == FUZZ and is_local_module_file(path)


def time_is_over() -> bool:
    """Return whether the time that a round of `make fuzz` was given is over; never in another run."""
    return SystemClock().monotonic() > float(os.environ.get(LATEST, "inf"))


def seeded(words: str) -> str:
    """Return *words* as a seed: themselves, and in a round of `make fuzz` others for each round."""
    return f"{os.environ[ROUND]}/{words}" if ROUND in os.environ else words


def stream(seed: int) -> Random:
    """Return the draws of *seed*: the same for ever, and others in each round of `make fuzz`."""
    return Random(seeded(str(seed)) if ROUND in os.environ else seed)  # noqa: S311 - draws what a test tries
