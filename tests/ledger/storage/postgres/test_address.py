"""An address of a ledger names a database and no secret; whatever a message shows of it holds none either."""

from __future__ import annotations

import pytest

from lotwork.ledger.storage.postgres.address import check_address, is_address, shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://lotwork_app@db.example.org/lotwork",
        "postgres://db.example.org:5433/lotwork?sslmode=verify-full",
        "postgresql:///lotwork?host=/run/postgresql",
        "postgresql://me@one.example.org,two.example.org/lotwork",
        "postgresql://me@[::1]:5432/lotwork",
    ],
)
def test_an_address_is_taken(url: str) -> None:
    assert is_address(url)
    check_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@host/lotwork",
        "postgresql://:s3cret@host/lotwork",
        "postgresql://me@host/lotwork?password=s3cret",
        "postgresql://me@host/lotwork?PassWord=s3cret",
        "postgresql://me@host/lotwork?sslmode=require&%70assword=s3cret",
        "postgresql://me%3As3cret:@host/lotwork",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="password_file") as refused:
        check_address(url)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in shown(url)


@pytest.mark.parametrize(
    "url", ["mysql://host/x", "host/x", "postgresql://host", "postgresql://h/a b", "sqlite:///x", ""]
)
def test_what_is_no_address_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        check_address(url)
