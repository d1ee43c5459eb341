from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lotwork.web.listing import ROWS_A_PAGE, page_of


@given(st.integers(0, 500))
def test_the_pages_together_are_the_list(count: int) -> None:
    rows = list(range(count))
    pages = [page_of(rows, number) for number in range(1, page_of(rows, 1).pages + 1)]
    assert [row for page in pages for row in page.rows] == rows
    assert all(page.last - page.first + 1 == len(page.rows) for page in pages if rows)


@given(st.integers(-5, 10**9))
def test_a_page_that_does_not_exist_is_the_nearest_that_does(number: int) -> None:
    page = page_of(range(ROWS_A_PAGE + 1), number)
    assert page.page == (1 if number <= 1 else 2)


def test_of_the_rows_on_other_pages_nothing_is_made() -> None:
    made: list[int] = []

    def make(row: int) -> str:
        made.append(row)
        return str(row)

    page = page_of(range(1000), 3).of(make)
    assert made == list(range(2 * ROWS_A_PAGE, 3 * ROWS_A_PAGE))
    assert page.rows == [str(row) for row in made]
    assert (page.page, page.total, page.first, page.last) == (3, 1000, made[0] + 1, made[-1] + 1)


def test_an_empty_list_is_one_page_of_nothing() -> None:
    page = page_of(range(0), 3)
    assert (page.page, page.pages, page.first, page.last, page.total) == (1, 1, 0, 0, 0)
