"""Where a request may go: which addresses a name may stand for, checked before the connection and pinned to it.

A public source must live at a global address; a node or a device of the taxpayer's own may be on the loopback or a
private network, and only there may it be asked on a line that is not encrypted. The link-local range, where clouds
answer with their machine's credentials, is nobody's source.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import suppress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")  # partly "global" to some versions of Python
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
)


NO_ADDRESS = "the name stands for no address"


class AddressRefusedError(Exception):
    """A name stands for an address that must not be asked; its text is the reason."""


def resolve(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """Return the addresses of *host*, waiting at most *seconds*; raise OSError where it has none or nobody answers.

    The system's resolver has no deadline of its own, so it works in a thread that is left behind when time is up.
    """
    found: list[str] = []
    broken: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError) as failure:
            broken.append(failure)

    worker = threading.Thread(target=ask, name="resolve", daemon=True)
    worker.start()
    worker.join(max(seconds, 0))
    if worker.is_alive():
        raise TimeoutError("the name was not resolved in time")
    if broken or not found:
        raise OSError(NO_ADDRESS)
    return tuple(found)


def has_way_out() -> bool:
    """Return whether this machine knows a way to the public internet; nothing is sent.

    A socket of datagrams that is connected asks the table of routes, and nobody else. The addresses are for documents.
    """
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((address, 9))
            return True
    return False


def check_address(text: str, *, allow_private: bool, tls: bool) -> None:
    """Raise AddressRefusedError where the address *text* must not be asked; *tls* says that the line is encrypted."""
    address = innermost(ipaddress.ip_address(text.partition("%")[0]))
    if (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in _METADATA
        or (address.is_reserved and not address.is_loopback)
    ):
        raise AddressRefusedError(f"it stands for {address}, an address no source has")
    if not allow_private and (not address.is_global or address in _PROTOCOL_ASSIGNMENTS):
        raise AddressRefusedError(f"it stands for {address}, which is not on the public internet")
    if not tls and address.is_global:
        raise AddressRefusedError(f"it stands for {address} on the public internet: use https or ssl there")


def innermost(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries (mapped, 6to4, Teredo, NAT64), else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64) or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
