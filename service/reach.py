"""From where the pages can be reached: this machine alone, or beyond it, which asks for a password."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")
PREFIX = re.compile(r"(/[A-Za-z0-9_~][A-Za-z0-9._~-]*)*")
UNGUARDED = (
    "and the pages have no password, so only this machine may see them: run `lotwork web password`, or write "
    '"127.0.0.1" and reach it from elsewhere through ssh -L'
)

FORWARDED = (
    b"x-forwarded", b"forwarded", b"via", b"x-real-ip", b"x-original-", b"x-client-ip", b"true-client-ip",
    b"x-cluster-client-ip", b"cf-", b"cdn-loop", b"fastly-", b"tailscale-", b"x-envoy-", b"x-scheme",
)  # fmt: skip
"""What the names of the headers begin with by which a proxy tells that it asks for somebody else."""


def is_passed_on(names: Iterable[bytes]) -> bool:
    """Say if headers of these names, in small letters, come through a server that asks for somebody else."""
    return any(name.startswith(FORWARDED) for name in names)


def is_loopback(host: str) -> bool:
    """Return whether *host* can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Reach:
    """The names the pages answer to beside this machine's own, who passes requests on, and below which path."""

    host: str = "127.0.0.1"
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    path_prefix: str = ""

    @property
    def is_beyond(self) -> bool:
        """Whether another machine may ask."""
        return not is_loopback(self.host) or bool(self.allowed_hosts)

    def allows(self, name: str) -> bool:
        """Say if *name*, of a Host header without its port, is an allowed one, or the very address listened on."""
        return name in (self.host, f"[{self.host}]", *self.allowed_hosts)

    def trusts(self, address: str) -> bool:
        """Say if *address* is one whose word on whom it asks for is taken."""
        try:
            asked = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(asked in ipaddress.ip_network(each) for each in self.trusted_proxies)


def check_reach(host: str, allowed_hosts: tuple[str, ...], trusted_proxies: tuple[str, ...], path_prefix: str) -> None:
    """Raise ValueError where a setting of `[daemon]` names nothing that could be meant."""
    try:
        is_address = host == "localhost" or bool(ipaddress.ip_address(host))
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(
            f'host {host} is not a loopback address, nor any other address of this machine: write "127.0.0.1"'
        )
    for name in allowed_hosts:
        if NAME.fullmatch(name) is None:
            raise ValueError(
                f"allowed_hosts: {name!r} is no name: write it in small letters and without a port, like "
                '"lotwork.example.org"'
            )
    for network in trusted_proxies:
        try:
            ipaddress.ip_network(network)
        except ValueError as broken:
            raise ValueError(
                f'trusted_proxies: {network!r} is no address: write "127.0.0.1" or "10.0.0.0/24" ({broken})'
            ) from broken
    if PREFIX.fullmatch(path_prefix) is None:
        raise ValueError(f'path_prefix: {path_prefix!r} is no path: write "/lotwork", without a slash at its end')
