"""The extra: a clear word where it is missing, and a real delivery where it is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lotwork.alerts.apprise import Apprise
from lotwork.alerts.channels import NotDeliveredError
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.batch import Message

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise imports it

ALERT = Message("x:1", "subject", "body")


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"pip install 'lotwork\[alerts\]'"):
        Apprise(urls=("json://localhost",)).send(ALERT)


def test_an_address_it_does_not_know_is_not_delivered() -> None:
    pytest.importorskip("apprise")
    with pytest.raises(NotDeliveredError, match="does not know"):
        Apprise(urls=("nosuchservice://token",)).send(ALERT)


def test_a_service_that_is_away_is_not_delivered() -> None:
    pytest.importorskip("apprise")
    with pytest.raises(NotDeliveredError, match="did not take"):
        Apprise(urls=("json://127.0.0.1:9/",)).send(ALERT)


def test_nothing_imports_apprise_before_it_is_used() -> None:
    import subprocess  # noqa: PLC0415 - only this test starts a process

    code = "import sys, lotwork.alerts.apprise, lotwork.alerts.build; sys.exit('apprise' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
