"""The manifest: each member's size and SHA-256, and not one member more or less."""

from __future__ import annotations

from lotwork.packet.checks.container import MANIFEST_MEMBER, Members
from lotwork.packet.checks.telling import BrokenPacketError, Report, Told, read_json, short

FORMAT_OF_PACKETS = "lotwork.packet.v1"
MOST_MANIFEST = 32 << 20


def check_manifest(members: Members, report: Report) -> Told:
    """Return the manifest once every member is what it says; BrokenPacketError at the first that is not."""
    names = members.names()
    if MANIFEST_MEMBER not in names:
        raise BrokenPacketError(MANIFEST_MEMBER, "is missing: this is no packet, or not all of one")
    if members.size(MANIFEST_MEMBER) > MOST_MANIFEST:
        raise BrokenPacketError(MANIFEST_MEMBER, "is larger than any")
    manifest: Told = read_json(members.read(MANIFEST_MEMBER), MANIFEST_MEMBER)
    if manifest.get("format") != FORMAT_OF_PACKETS:
        raise BrokenPacketError(MANIFEST_MEMBER, f"its format is {short(manifest.get('format'))}, and this program "
                                f"reads {FORMAT_OF_PACKETS}")  # fmt: skip
    listed = {each["name"]: each for each in manifest["members"]}
    if len(listed) != len(manifest["members"]):
        raise BrokenPacketError(MANIFEST_MEMBER, "lists a member twice")
    held = [name for name in names if name != MANIFEST_MEMBER]
    for name in held:
        if name not in listed:
            raise BrokenPacketError(name, "is in the packet, and the manifest does not list it")
    for name, each in listed.items():
        if name not in held:
            raise BrokenPacketError(name, "is in the manifest, and not in the packet")
        if members.size(name) != each["size"]:
            raise BrokenPacketError(name, f"has {members.size(name)} bytes, and the manifest says {each['size']}")
        if members.digest(name) != each["sha256"]:
            raise BrokenPacketError(name, "is not what was packed: its SHA-256 is another than the manifest's")
    report.holds(f"each of {len(held)} members is what the manifest lists, to the byte, and there is none besides.")
    return manifest
