"""Coverage is measured by the tests of `MEASURED` alone, in the workers of pytest-xdist too."""

from __future__ import annotations

import sys

from tests.conftest import LONGEST, MEASURED, NOT_MEASURED


def test_no_test_elsewhere_is_measured() -> None:
    assert "coverage" not in type(sys.gettrace()).__module__


def test_what_is_measured_and_what_is_begun_first_is_there() -> None:
    assert [place for place in [*LONGEST, *MEASURED, *NOT_MEASURED] if not place.exists()] == []
    assert [place for place in NOT_MEASURED if not any(map(place.is_relative_to, MEASURED))] == []
