"""A time zone that cannot be read now is not one that nobody knows."""

from __future__ import annotations

import errno
from zoneinfo import ZoneInfo

import pytest

from lotwork.commands.ended import ended_by
from lotwork.ledger.public_form import parse_words
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import AmountError


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM])
def test_what_the_machine_refuses_is_told_as_that(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> ZoneInfo:
        raise OSError(number, "refused")

    monkeypatch.setattr(parse_words, "ZoneInfo", refuse)
    zone_named.cache_clear()
    with pytest.raises(OSError, match="refused") as met:
        zone_named("Pacific/Apia")
    ended = ended_by(met.value)
    assert (ended.code, "time zone" in ended.words) == (5, False)


@pytest.mark.parametrize("name", ["Mars/North", "America", "../UTC", "x" * 5000, "UTC\0"])
def test_a_name_that_is_none_is_told_as_that(name: str) -> None:
    with pytest.raises(AmountError, match="is not a time zone"):
        zone_named(name)
