"""A lock is complete: it can be installed without resolving, because nothing in it asks for what it does not pin."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from tests.setup.locks import (
    HERE,
    LOCKS,
    PYTHONS,
    Lock,
    asked_by_the_project,
    holds,
    in_force,
    known,
    lacks,
)

of_every_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.path)
of_every_python = pytest.mark.parametrize("python", PYTHONS)


def missing(lock: Lock, text: str, python: str) -> list[str]:
    """Return what anybody asks for under *python* and *text*, the lock's, does not pin."""
    asked = [("pyproject.toml", each) for each in asked_by_the_project(lock) if holds(each, python)]
    for pin, library in known(lock, text, python):
        needs = [Requirement(each) for each in library.asks]
        asked += [(library.name, each) for each in needs if holds(each, python, pin.extras)]
    return list(lacks(asked, in_force(text, python)))


@of_every_python
@of_every_lock
def test_whatever_a_pinned_library_asks_for_is_pinned_too_with_its_extras(lock: Lock, python: str) -> None:
    assert not missing(lock, lock.text, python)


@of_every_lock
def test_every_pin_in_force_on_this_python_is_what_is_installed(lock: Lock) -> None:
    assert [pin.name for pin, _ in known(lock, lock.text, HERE)] == [
        pin.name for pin in in_force(lock.text, HERE).values()
    ]


def test_a_pin_that_lost_its_extra_is_noticed() -> None:
    lock = LOCKS[0]
    assert missing(lock, lock.text.replace("eth-hash[pycryptodome]==", "eth-hash=="), HERE) == [
        "web3 asks for eth-hash[pycryptodome]>=0.5.1, and the pin does not name the extra"
    ]


def test_a_library_that_only_an_extra_asks_for_is_noticed_when_it_is_gone() -> None:
    lock = LOCKS[0]
    told = missing(lock, lock.text.replace("pycryptodome==", "something-else=="), HERE)
    assert any(each.startswith("eth-hash asks for pycryptodome") for each in told)
