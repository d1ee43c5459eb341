"""The page of all books in a real browser: logged in by name, readable at every width, and led on to one book."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lotwork.service import web_password
from tests.chromium import browser
from tests.web.many_homes import BOBS, Many
from tests.web.serving import serving
from tests.web.test_acting_browser import fill
from tests.web.test_browser import CUT_OFF, OVERFLOW, WIDTHS

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the books of two homes to their readers."""
    monkeypatch.setattr(web_password, "COST", 16)
    many = Many(tmp_path)
    pages: Any = many.pages
    yield from serving(tmp_path, pages)
    many.homes.close()


def test_a_reader_logs_in_by_name_sees_their_books_and_goes_on_to_one(address: str) -> None:
    with browser() as page:
        page.dress(width=390, theme="dark")
        page.open(address)
        assert page.evaluate("location.pathname") == "/login"
        assert page.axe() == []
        fill(page, username="bob", password=BOBS)
        page.submit("form.act")
        assert page.evaluate("document.querySelector('h1').innerText") == "2 books"
        for width in WIDTHS:
            for theme in ("light", "dark"):
                page.dress(width=width, theme=theme)
                assert page.evaluate(OVERFLOW) is False
                assert page.evaluate(CUT_OFF) == []
                assert page.axe() == []
        page.open(address + page.evaluate("document.querySelector('tbody a').getAttribute('href')"))
        assert page.evaluate("location.pathname") == "/home/ann/"
        assert page.axe() == []
        assert "hers" in page.evaluate("document.querySelector('footer').innerText")
        assert page.complaints == []
