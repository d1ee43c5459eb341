"""A Green Button as XML: only what was used is counted, of each meter by itself, in whatever encoding it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ingest.profiles.reading import KnownRows
from lotwork.ledger.errors import InputRefusedError

BEGAN = 1_772_352_000
USER = "https://utility.example/espi/1_1/resource"
WATT_HOURS = {"uom": 72, "powerOfTenMultiplier": -3, "flowDirection": 1, "commodity": 1, "accumulationBehaviour": 4}
FED_IN = {**WATT_HOURS, "flowDirection": 19}
WATTS = {**WATT_HOURS, "uom": 38}


def entry(content: str, **links: str) -> str:
    told = "".join(f'<link rel="{rel.partition("_")[0]}" href="{USER}/{href}"/>' for rel, href in links.items())
    return f"<entry>{told}<content>{content}</content></entry>"


def kind_of(number: int, **keys: object) -> str:
    told = "".join(f"<{key}>{value}</{key}>" for key, value in keys.items())
    return entry(f'<ReadingType xmlns="http://naesb.org/espi">{told}</ReadingType>', self=f"ReadingType/{number}")


def channel(point: str, number: int, kind: int, *values: object, quality: int = 0) -> str:
    at = f"Subscription/5/UsagePoint/{point}/MeterReading/{number}"
    told = "".join(
        f"<IntervalReading><cost>35000</cost><ReadingQuality><quality>{quality}</quality></ReadingQuality>"
        f"<timePeriod><duration>3600</duration><start>{BEGAN + 3600 * hour}</start></timePeriod>"
        f"<value>{value}</value></IntervalReading>"
        for hour, value in enumerate(values)
    )
    block = f'<IntervalBlock xmlns="http://naesb.org/espi">{told}</IntervalBlock>'
    reading = entry(
        '<MeterReading xmlns="http://naesb.org/espi"/>',
        self=at,
        up=at.rpartition("/")[0],
        related_0=f"{at}/IntervalBlock",
        related_1=f"ReadingType/{kind}",
    )
    return reading + entry(block, self=f"{at}/IntervalBlock/0173", up=f"{at}/IntervalBlock")


def feed(*entries: str, encoding: str = "utf-8") -> str:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{head}<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'


def read(folder: Path, told: str, encoding: str = "utf-8") -> KnownRows:
    file = folder / "meter.xml"
    file.write_bytes(told.encode(encoding))
    return read_file(file, None, {})


def spans(known: KnownRows) -> list[tuple[str, str, str | None]]:
    return [(one.content["meter"], one.content["kwh"], one.content.get("doubt")) for one in known.lines]


USED = (kind_of(1, **WATT_HOURS), channel("AA", 1, 1, 1_160_000, 970_000))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_the_encoding_changes_nothing(encoding: str, tmp_path: Path) -> None:
    names = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
    told = feed(*USED, encoding=names.get(encoding, encoding))
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    assert spans(read(tmp_path, mark + told, encoding)) == [("green-button", kwh, None) for kwh in ("1.16", "0.97")]


def test_two_meters_of_one_file_are_two_meters(tmp_path: Path) -> None:
    whole = {**WATT_HOURS, "powerOfTenMultiplier": 0}
    told = feed(*USED, kind_of(2, **whole), channel("BB", 1, 2, 500, 700))
    known = spans(read(tmp_path, told))
    assert known == [
        ("green-button AA", "1.16", None), ("green-button AA", "0.97", None),
        ("green-button BB", "0.5", None), ("green-button BB", "0.7", None),
    ]  # fmt: skip
    assert len({line.content["row"] for line in read(tmp_path, told).lines}) == len(known)


def test_power_that_was_fed_in_is_no_use_and_its_span_is_in_doubt(tmp_path: Path) -> None:
    known = read(tmp_path, feed(*USED, kind_of(2, **FED_IN), channel("AA", 2, 2, 0, 310_000)))
    assert spans(known) == [("green-button", "1.16", None), ("green-button", "0.97", "flowed_back")]
    assert dict(known.reasons) == {"power that was fed in: the span it came in is in doubt": 2}


def test_a_demand_beside_it_is_left_out_and_told(tmp_path: Path) -> None:
    known = read(tmp_path, feed(*USED, kind_of(2, **WATTS), channel("AA", 2, 2, 4_000)))
    assert [kwh for _, kwh, _ in spans(known)] == ["1.16", "0.97"]
    assert dict(known.reasons) == {"it is told in another unit than watt-hours (uom 38)": 1}


def test_what_the_utility_projected_is_no_reading(tmp_path: Path) -> None:
    known = read(tmp_path, feed(USED[0], channel("AA", 1, 1, 1_000_000, quality=12)))
    assert (spans(known), [*known.asked]) == ([], ["the utility projected it: it was not read"])


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ([{**WATT_HOURS, "accumulationBehaviour": 3}], "what stood on the meter's register"),
        ([{**WATT_HOURS, "accumulationBehaviour": 1}], "what stood on the meter's register"),
        ([{**WATT_HOURS, "commodity": 7}], "it is no electricity"),
        ([WATTS], "another unit than watt-hours"),
        ([{**WATT_HOURS, "uom": 169}], "another unit than watt-hours"),
        ([FED_IN], "it tells no power used"),
        ([{**WATT_HOURS, "flowDirection": 4}], "neither power that was used nor power that was fed in"),
        ([{**WATT_HOURS, "powerOfTenMultiplier": "k"}], "its power of ten is no number"),
        ([{**WATT_HOURS, "powerOfTenMultiplier": 99}], "its power of ten, 99, cannot be right"),
    ],
)
def test_what_is_no_use_of_electricity_is_refused(kinds: list[dict[str, object]], says: str, tmp_path: Path) -> None:
    told = feed(*(kind_of(number, **kind) for number, kind in enumerate(kinds, 1)), channel("AA", 1, 1, 5_000_000))
    with pytest.raises(InputRefusedError, match=says):
        read(tmp_path, told)


def test_two_kinds_without_links_are_refused(tmp_path: Path) -> None:
    told = feed(kind_of(1, **WATT_HOURS), kind_of(2, **FED_IN), channel("AA", 1, 9, 5_000_000))
    with pytest.raises(InputRefusedError, match="2 kinds of readings and not which is which"):
        read(tmp_path, told)
