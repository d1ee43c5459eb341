"""What watches the daemon from outside names only what is there: metrics that /metrics has, keys that /api/v1 tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from starlette.testclient import TestClient

from lotwork.demo.book import build_demo
from lotwork.ledger.store import EventStore
from lotwork.service.api_token import make_token
from lotwork.service.metrics import Metrics
from lotwork.service.settings import Daemon as DaemonSettings
from lotwork.web.app import create
from tests.architecture.house import ROOT
from tests.web.conftest import NOW, ORIGIN, clock

DEPLOY = ROOT / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "lotwork.rules.yml").read_text(encoding="utf-8"))
SCRAPE = yaml.safe_load((DEPLOY / "prometheus" / "scrape.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((DEPLOY / "grafana" / "lotwork.json").read_text(encoding="utf-8"))
DURATION = re.compile(r"\d+[smhd]")
SEVERITIES = {"info", "warning", "critical"}
WORDS = {"up", "time", "increase", "rate", "sum", "by", "and", "or"}
"""What of PromQL stands in the expressions beside metrics, labels and numbers."""


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    for rule in rules():
        yield rule["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


def told_by_metrics() -> dict[str, set[str]]:
    """Return every sample that /metrics has, with its labels."""
    metrics = Metrics(lambda: {("main", "pool"): NOW})
    metrics.events.labels("receipt", "pool").inc()
    for gauge in (metrics.head, metrics.unpriced, metrics.unmatched, metrics.lag, metrics.next_payment):
        gauge.labels("main").set(1)
    metrics.job_failures.labels("poll", "SourceUnreachableError").inc()
    samples: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", metrics.text().decode(), re.MULTILINE):
        samples.setdefault(name, set()).update(re.findall(r"(\w+)=\"", labels))
    return samples


SAMPLES = told_by_metrics()


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_every_metric_and_every_label_of_an_expression_is_there(expression: str) -> None:
    named = set(re.findall(r"\blotwork_\w+", expression.replace('job="lotwork"', "")))
    assert named <= set(SAMPLES)
    assert named or "up" in expression
    labels = {label for words in re.findall(r"by \(([^)]*)\)", expression) for label in words.split(", ")}
    assert labels <= set().union(*(SAMPLES[name] for name in named))
    rest = re.sub(r"\{job=\"lotwork\"\}|by \([^)]*\)|\[\d+[smhd]\]|\blotwork_\w+", " ", expression)
    assert set(re.findall(r"[a-z_]+", rest)) <= WORDS
    assert expression.count("(") == expression.count(")")


def test_every_metric_of_the_daemon_is_watched() -> None:
    watched = set(re.findall(r"\blotwork_\w+", " ".join(expressions())))
    families = {name for name in SAMPLES if not name.endswith(("_created", "_bucket"))}
    assert families - watched == set()


def test_the_rules_have_the_shape_of_rules() -> None:
    assert set(RULES) == {"groups"}
    assert [set(group) for group in RULES["groups"]] == [{"name", "rules"}]
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert (
            {"alert", "expr", "labels", "annotations"} <= set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        )
        assert re.fullmatch(r"Lotwork[A-Za-z]+", rule["alert"])
        assert DURATION.fullmatch(rule.get("for", "1m"))
        assert rule["labels"].keys() == {"severity"}
        assert rule["labels"]["severity"] in SEVERITIES
        assert rule["annotations"].keys() == {"summary", "description"}
        named = set(re.findall(r"\blotwork_\w+", rule["expr"].replace('"lotwork"', "")))
        labels = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        assert labels <= set().union(*(SAMPLES[name] for name in named))


def test_prometheus_asks_where_the_daemon_answers_by_itself() -> None:
    (job,) = SCRAPE["scrape_configs"]
    assert job["job_name"] == "lotwork"
    assert job["static_configs"] == [{"targets": [f"127.0.0.1:{DaemonSettings().port}"]}]
    assert [(DEPLOY / "prometheus" / name).is_file() for name in SCRAPE["rule_files"]] == [True]


def test_the_dashboard_has_the_shape_of_a_dashboard() -> None:
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= set(DASHBOARD)
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["type"] in ("stat", "timeseries")
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        place = panel["gridPos"]
        across, down = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        covered = {(x, y) for x in across for y in down}
        assert max(x for x, _ in covered) < 24
        assert not cells & covered
        cells |= covered
        for target in panel["targets"]:
            named = re.findall(r"\blotwork_\w+", target["expr"].replace('"lotwork"', ""))
            labels = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert labels <= set().union(*(SAMPLES[name] for name in named))
    (source,) = DASHBOARD["templating"]["list"]
    assert (source["name"], source["type"]) == ("datasource", "datasource")


class Secret(str):
    """What secrets.yaml has under a name."""

    __slots__ = ()


class WithSecrets(yaml.SafeLoader):  # type: ignore[misc] # PyYAML comes without types
    """YAML as Home Assistant reads it."""


WithSecrets.add_constructor("!secret", lambda _, node: Secret(node.value))


def rest() -> dict[str, Any]:
    text = (DEPLOY / "home-assistant" / "lotwork.yaml").read_text(encoding="utf-8")
    (asked,) = yaml.load(text, Loader=WithSecrets)["rest"]  # noqa: S506 - a safe loader that knows one word more
    assert isinstance(asked, dict)
    return asked


def rendered(template: str, now: datetime, **names: Any) -> str:
    made = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - Home Assistant's own
    return made.from_string(template).render(now=lambda: now, timedelta=timedelta, **names)


def test_home_assistant_gets_what_the_daemon_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with EventStore.open(home, clock=clock()) as store:
        build_demo(store)
    asked = rest()
    assert asked["headers"] == {"Authorization": Secret("lotwork_token")}
    address = rendered(asked["resource_template"], NOW)
    base = f"http://127.0.0.1:{DaemonSettings().port}"
    assert address == f"{base}/api/v1/quarterly?year=2026"
    with TestClient(create(home, clock=clock()), base_url=ORIGIN) as http:
        answer = http.get(
            f"{address.removeprefix(base)}&book=demo", headers={"Authorization": f"Bearer {make_token(home)}"}
        ).json()
    told = {each["unique_id"]: rendered(each["value_template"], NOW, value_json=answer) for each in asked["sensor"]}
    assert told == {
        "lotwork_set_aside": answer["set_aside"]["usd"],
        "lotwork_next_payment": answer["next_payment"]["pay_usd"],
        "lotwork_next_payment_due": answer["next_payment"]["due"],
        "lotwork_findings": str(len(answer["findings"])),
    }
    nothing: dict[str, Any] = {"set_aside": None, "next_payment": None, "findings": []}
    empty = [rendered(each["value_template"], NOW, value_json=nothing) for each in asked["sensor"]]
    assert empty == ["None", "0", "None", "0"]


@pytest.mark.parametrize(
    ("day", "year"), [("2026-01-15", 2025), ("2026-01-16", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026)]
)
def test_the_payment_of_january_is_asked_for_until_it_is_due(day: str, year: int) -> None:
    address = rendered(rest()["resource_template"], datetime.fromisoformat(f"{day}T12:00:00+00:00"))
    assert address.endswith(f"?year={year}")
