"""An accountant with a packet and Python: `python3 -I -S accountant.py PACKET.zip SEED COUNT`, nothing of Lotwork.

It unpacks the packet into the folder it stands in, adds up Form 8949 by itself, holds that against lots re-done by the
packet's own verify.py, and spoils the packet COUNT times in ways drawn from SEED: each must be found.
"""

import csv
import hashlib
import importlib.util
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

BOUND = ("events.jsonl", "results/income.json", "results/gains.json", "results/lots.json", "prices.json",
         "forms/8949-", "forms/drake", "forms/taxact", "forms/turbotax", "forms/lots", "forms/schedule-d",
         "forms/return", "law/us/basis.toml", "evidence/", "filed.json", "chain.json", "decisions.json")  # fmt: skip
"""Members that cannot be changed though the manifest is made anew: what is in them is re-done, or named by its hash."""


Members = dict[str, bytes]


class Held(NamedTuple):
    """A packet whole, its members, and the verify.py of its own."""

    packet: bytes
    members: Members
    verify: Any


class Drawn:
    """Numbers drawn from a seed, the same on every machine."""

    def __init__(self, seed: int) -> None:
        self.count, self.seed = 0, seed

    def below(self, most: int) -> int:
        self.count += 1
        digest = hashlib.sha256(f"{self.seed}:{self.count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % most


def main(place: str, seed: int, count: int) -> None:
    packet = Path(place).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packet)) as opened:
        members = {info.filename: opened.read(info) for info in opened.infolist()}
        opened.extractall(".")
    spec = importlib.util.spec_from_file_location("verify", "verify.py")
    verify: Any = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # the file is there
    sys.dont_write_bytecode = True
    spec.loader.exec_module(verify)  # type: ignore[union-attr]  # the file is there
    drawn, held, missed = Drawn(seed), Held(packet, members, verify), []
    for number in range(count):
        how, spoiled = SPOILING[number % len(SPOILING)](drawn, held)
        if spoiled == packet or check(verify, spoiled).ok:
            missed.append(f"{number}: {how}")
    told = {"ok": check(verify, packet).ok, "totals": totals(members), "missed": missed, "spoiled": count}
    sys.stdout.write(json.dumps(told))


def check(verify: Any, packet: bytes) -> Any:
    try:
        return verify.verify_members(verify.Zipped(io.BytesIO(packet)))
    except verify.BrokenPacketError as broken:
        report = verify.Report()
        report.wrong(broken.where, broken.why)
        return report


def totals(members: Members) -> dict[str, list[int]]:
    """Add up columns (d), (e), (g) and (h) of every box, in cents."""
    found: dict[str, list[int]] = {}
    for name, content in members.items():
        if name.startswith("forms/8949-"):
            for row in list(csv.reader(content.decode().splitlines()))[1:]:
                sums = found.setdefault(name[len("forms/8949-")], [0, 0, 0, 0])
                for place, cell in enumerate((row[3], row[4], row[6], row[7])):
                    sums[place] += int(cell.replace(".", "") or 0)
    return found


def a_byte(drawn: Drawn, held: Held) -> tuple[str, bytes]:
    """Change one bit of one byte, wherever it is."""
    place = drawn.below(len(held.packet))
    changed = bytearray(held.packet)
    changed[place] ^= 1 << drawn.below(8)
    return f"bit at {place}", bytes(changed)


def cut_or_grown(drawn: Drawn, held: Held) -> tuple[str, bytes]:
    """Cut bytes out, put some in, before, between or behind."""
    place, many = drawn.below(len(held.packet)), 1 + drawn.below(40)
    before, behind = held.packet[:place], held.packet[place:]
    if drawn.below(2):
        return f"cut at {place}", before + behind[many:]
    return f"grown at {place}", before + b"x" * many + behind


def member_changed(drawn: Drawn, held: Held) -> tuple[str, bytes]:
    """Make the ZIP anew with a changed, missing, further or renamed member, and leave the manifest."""
    changed = dict(held.members)
    name = sorted(changed)[drawn.below(len(changed))]
    way = drawn.below(4)
    if way == 0 and changed[name]:
        changed[name] = other_digit(drawn, changed[name])
    elif way == 1:
        del changed[name]
    elif way == 2:
        changed[f"{name}x"] = changed.pop(name)
    else:
        changed["zz.txt"] = b"more"
    return f"member {name}, way {way}", packed(held.verify, changed)


def all_but_the_chain(drawn: Drawn, held: Held) -> tuple[str, bytes]:
    """Change what is re-done or named by its hash, and make the manifest anew to fit."""
    names = sorted(name for name in held.members if name.startswith(BOUND))
    name = names[drawn.below(len(names))]
    content = held.members[name]
    changed = amount_changed(drawn, content) if name.startswith(("results/", "forms/")) else other_digit(drawn, content)
    return f"rebuilt around {name}", packed(held.verify, with_manifest({**held.members, name: changed}))


SPOILING = (a_byte, a_byte, cut_or_grown, member_changed, all_but_the_chain)


def other_digit(drawn: Drawn, content: bytes) -> bytes:
    """Return *content* with another digit in the place of one, or another letter where it has none."""
    places = [place for place, byte in enumerate(content) if 48 <= byte <= 57] or list(range(len(content)))
    place = places[drawn.below(len(places))]
    return content[:place] + bytes([48 + (content[place] - 48 + 1) % 10]) + content[place + 1 :]


def amount_changed(drawn: Drawn, content: bytes) -> bytes:
    """Return *content* with one of its amounts changed: of a row that is re-done."""
    text = content.decode()
    begin = text.find('"rows"') if text.startswith("{") else text.find("\n")
    end = text.find('"totals"') if '"totals"' in text else len(text)
    places = [place for place in range(begin, end) if text[place] in "123456789" and is_amount(text, place)]
    place = places[drawn.below(len(places))]
    return (text[:place] + ("1" if text[place] == "9" else chr(ord(text[place]) + 1)) + text[place + 1 :]).encode()


def is_amount(text: str, place: int) -> bool:
    """Say whether the digit stands in an amount with a point: no day, and no id."""
    begin = max(text.rfind('"', 0, place), text.rfind(",", 0, place))
    ends = [found for found in (text.find('"', place), text.find(",", place), text.find("\r", place)) if found > 0]
    word = text[begin + 1 : min(ends, default=len(text))]
    return word.count(".") == 1 and word.replace(".", "").lstrip("-").isdigit()


def with_manifest(members: Members) -> Members:
    manifest = json.loads(members["manifest.json"])
    for each in manifest["members"]:
        content = members[each["name"]]
        each.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    return {**members, "manifest.json": json.dumps(manifest).encode()}


def packed(verify: Any, members: Members) -> bytes:
    """Return a ZIP in the one layout a packet has."""
    body, entries = b"", []
    for name in verify.in_order(list(members)):
        content = members[name]
        crc = verify.zlib.crc32(content)
        body += verify.local_header(name, len(content), crc)
        entries.append(verify.Entry(name, len(content), crc, len(body)))
        body += content
    directory = b"".join(map(verify.central_header, entries))
    ending: bytes = verify.ending_of(entries, len(directory), len(body))
    return body + directory + ending


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
