"""The law that was packed: its digest, and the few figures that lots and gains ask for, read from its own files."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date

from lotwork.packet.checks.container import Members
from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.telling import BrokenPacketError, Report, Told, short

LAW_FOLDER, FORMULAS_FOLDER = "law/", "formulas/"
FIGURE_PART = re.compile(r"\[\[([a-z0-9_]+)\.in_force\]\]", re.ASCII)
KEY_LINE = re.compile(r"(from|until|value) = (.+)", re.ASCII)


def law_digest(members: Members, rules: list[Told]) -> str:
    """Return the SHA-256 over the formulas, the files of law and the book's own rules, as Lotwork tells it."""
    sha = hashlib.sha256(folder_digest(members, FORMULAS_FOLDER, ""))
    feed(sha, members, LAW_FOLDER, ".toml")
    for rule in rules:
        told = [rule["figure"], rule["from"], rule["value"], rule["cite"], rule["reason"]]
        words = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sha.update(b"rule" + words.encode("utf-8"))
    return sha.hexdigest()


def folder_digest(members: Members, folder: str, ending: str) -> bytes:
    """Return the SHA-256 over the names and bytes below a folder."""
    sha = hashlib.sha256()
    feed(sha, members, folder, ending)
    return sha.digest()


def feed(sha: hashlib._Hash, members: Members, folder: str, ending: str) -> None:
    """Feed names and bytes below *folder*, each with its length before it; *ending* is no part of a name."""
    for member in sorted(name for name in members.names() if name.startswith(folder)):
        if not member.endswith(ending):
            raise BrokenPacketError(member, "is no file of law")
        name = member[len(folder) : len(member) - len(ending)].encode("ascii")
        content = members.read(member)
        sha.update(len(name).to_bytes(4, "big") + name + len(content).to_bytes(8, "big") + content)


def check_law(members: Members, told: Told, rules: list[Happening], manifest: Told, report: Report) -> list[Told]:
    """Return the book's own rules that the law carries, once the digest of the law is what its files come to."""
    by_id = {rule.id: rule.told for rule in rules}
    for name in told["rules"]:
        if name not in by_id:
            raise BrokenPacketError("law.json", f"carries the rule {short(name)}, and no event that holds says so")
    carried = [by_id[name] for name in told["rules"]]
    found = law_digest(members, carried)
    if not found == told["digest"] == manifest["law"]:
        raise BrokenPacketError("law.json", f"the digest of the law is told as {short(told['digest'])}, and its files, "
                                f"formulas and rules come to {found}")  # fmt: skip
    report.holds(f"the law is the one of the digest {found}: every file of it, the formulas, and {len(carried)} rules "
                 "of this book.")  # fmt: skip
    for name in by_id:
        if name not in told["rules"]:
            report.note(f"the rule {short(name)} does not fit the law and was left out of it, as the packet tells.")
    return carried


class Figures:
    """Dated figures of the law: a switch, a number, a day or two days."""

    def __init__(self, members: Members, rules: list[Told]) -> None:
        self._members = members
        self._rules = rules
        self._topics: dict[str, dict[str, list[Told]]] = {}

    def versions(self, path: str) -> list[Told]:
        """Return the versions of a figure, those of the book's own rules last."""
        topic, _, name = path.rpartition("/")
        if topic not in self._topics:
            member = f"{LAW_FOLDER}{topic}.toml"
            known = member in self._members.names()
            self._topics[topic] = read_versions(self._members.read(member), member) if known else {}
        found = list(self._topics[topic].get(name, ()))
        own = [rule for rule in self._rules if rule["figure"] == path]
        return found + [{"from": date.fromisoformat(each["from"]), "value": as_figure(each["value"])} for each in own]

    def on(self, path: str, day: date) -> object:
        """Return a figure as in force on a day: the latest version that has begun."""
        found: Told | None = None
        for version in self.versions(path):
            if version["from"] <= day and (found is None or version["from"] >= found["from"]):
                found = version
        if found is None or (found.get("until") is not None and day >= found["until"]):
            raise BrokenPacketError("law", f"knows no {path} for {day}")
        return found["value"]

    def switch(self, path: str, day: date) -> bool:
        """Return a figure that is yes or no."""
        return self.on(path, day) is True

    def day(self, path: str, on: date) -> date:
        """Return a figure that is a day."""
        value = self.on(path, on)
        if not isinstance(value, date):
            raise BrokenPacketError("law", f"{path} is no day")
        return value

    def span(self, path: str, on: date) -> tuple[date, date]:
        """Return a figure that is a first and a last day."""
        value = self.on(path, on)
        if not isinstance(value, list):
            raise BrokenPacketError("law", f"{path} is no span of days")
        return value[0], value[1]

    def number(self, path: str, on: date) -> int:
        """Return a figure that is a whole number."""
        return int(str(self.on(path, on)))


def read_versions(content: bytes, where: str) -> dict[str, list[Told]]:
    """Return the versions of the plain figures of one file: what spans lines or names is none that is asked for."""
    found: dict[str, list[Told]] = {}
    version: Told = {}
    for line in content.decode("utf-8").splitlines():
        part = FIGURE_PART.fullmatch(line.strip())
        key = KEY_LINE.fullmatch(line.strip())
        if part is not None:
            version = {}
            found.setdefault(part.group(1), []).append(version)
        elif line.startswith("["):
            version = {}
        elif key is not None:
            version[key.group(1)] = as_figure_text(key.group(2))
    for name, versions in found.items():
        for each in versions:
            if not isinstance(each.get("from"), date):
                raise BrokenPacketError(where, f"a version of {name} has no first day")
            each.setdefault("value", None)
    return found


def as_figure_text(text: str) -> object:
    """Return a value as a file of law writes it: true, a day, a list of days, or else its words."""
    text = text.partition(" #")[0].strip()
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("[") and text.endswith("]"):
        return [as_figure_text(each.strip()) for each in text[1:-1].split(",") if each.strip()]
    return as_figure(text.strip('"'))


def as_figure(value: object) -> object:
    """Return a value with its days read."""
    if isinstance(value, list):
        return [as_figure(each) for each in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    return value
