"""What no template and no style may hold, and that the colours can be read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from lotwork import web
from lotwork.reports.lots import LotRow
from lotwork.web.pages import environment

ROOM = Path(web.__file__).parent
TEMPLATES = sorted((ROOM / "templates").glob("*.html"))
STYLE = (ROOM / "static" / "lotwork.css").read_text()
AA = 4.5

PAIRS = [
    ("ink", "paper"), ("soft", "paper"), ("green", "paper"), ("red", "paper"), ("amber", "paper"),
    ("ink", "tint"), ("soft", "tint"), ("green", "tint"), ("on-red", "red"), ("paper", "ink"),
]  # fmt: skip


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) >= 8


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_switches_escaping_off_or_brings_a_style_or_a_script(template: Path) -> None:
    text = template.read_text()
    for forbidden in (r"\|\s*safe", r"autoescape", r"Markup", r"<script", r"<style", r"\sstyle\s*=", r"\son[a-z]+\s*=",
                      r"javascript:", r"https?://", r"<iframe", r"<object"):  # fmt: skip
        assert re.search(forbidden, text, re.IGNORECASE) is None, forbidden


def test_no_code_of_the_pages_makes_markup_by_hand() -> None:
    for file in ROOM.glob("*.py"):
        assert "Markup" not in file.read_text(), file.name


@pytest.mark.parametrize(
    "asked",
    [
        "{{ row.basis }}", "{{ row.basis_usd_micros | usd }}", "{{ row.size | quantity }}", "{{ row.price | price }}",
        "{{ row.aquired | day }}", "{{ row.name | words }}", "{{ row.days | days_left }}", "{{ row.at | instant }}",
        "{{ row.lots | plural('lot') }}", "{{ row.land | country }}", "{% if row.hwo %}{% endif %}",
        "{% for each in row.cites %}{% endfor %}", "{{ 'a' if row.loss_basis else 'b' }}", "{{ row['basis'] }}",
    ],
)  # fmt: skip
def test_a_field_that_a_row_does_not_have_fails_in_a_template(asked: str) -> None:
    row = LotRow(asset="BTC", wallet="cold", quantity="1.00000000", acquired=date(2026, 1, 1), basis_usd="1", lot="r")
    template = environment().from_string(asked)
    with pytest.raises((UndefinedError, TypeError)):
        template.render(row=row)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_asks_what_a_misspelt_name_would_answer(template: Path) -> None:
    """`is none` and `is defined` are false of a name nobody gave, and `default` takes its place."""
    asked = re.findall(
        r"\bis (?:not )?(?:none|defined|undefined|eq|sameas)\b|\|\s*d(?:efault)?\b", template.read_text()
    )
    assert asked == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_attribute_stands_without_quotes(template: Path) -> None:
    """An unquoted attribute is the one place where escaping does not help."""
    assert re.search(r"<[^<>]*=\{\{", template.read_text()) is None


def test_the_style_asks_nobody_for_anything() -> None:
    assert re.findall(r"url\(([^)]*)\)", STYLE) == ['"plex-sans.woff2"']
    assert "@import" not in STYLE
    assert (ROOM / "static" / "plex-sans.LICENSE.txt").read_text().count("SIL Open Font License")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_every_text_has_the_contrast_of_wcag_aa(theme: str, front: str, back: str) -> None:
    palette = colours(theme)
    assert contrast(palette[front], palette[back]) >= AA


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_mark_of_the_demo_can_be_read(theme: str) -> None:
    told = re.search(r"\.demo \{\s*background: var\(--s1\);\s*color: (#\w+);", STYLE)
    assert told is not None
    assert contrast(told[1], colours(theme)["s1"]) >= AA


def colours(theme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{([^}]*--paper: #[0-9a-f]{6};[^}]*)\}", STYLE)
    palette = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if theme == "dark":
        palette |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    return palette


def contrast(front: str, back: str) -> float:
    """WCAG 2.2: the lighter luminance over the darker, each with 0.05 of stray light."""
    lighter, darker = sorted((luminance(front), luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
