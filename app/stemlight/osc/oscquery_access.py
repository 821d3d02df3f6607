"""Says who may talk to the OSCQuery server, and by which address people reach it."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from stemlight.errors import UserError
from stemlight.osc.receiver import networks

TOKEN_BYTES = 12  # 96 bits: nobody guesses it over a network in the life of a show


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """Where the server listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> RemoteAddress:
        """From `[HOST:]PORT`, `127.0.0.1` unless told; IPv6 in brackets. UserError says what is wrong."""
        host, colon, port = text.rpartition(":")
        if host.startswith("["):
            host = host[1:-1] if host.endswith("]") else ""
        elif ":" in host:
            host, colon = "", ":"
        if not port.isdecimal() or not 0 < int(port) < 65536 or (colon and not host):
            raise UserError(f"{text!r} is no place for the remote; write PORT or HOST:PORT, as 0.0.0.0:8000")
        return cls(host or "127.0.0.1", int(port))

    @property
    def is_loopback(self) -> bool:
        """Reached from this machine alone."""
        return is_loopback(self.host)


def new_token() -> str:
    """A secret that fits into an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine and nothing else."""
    address = _address(host)
    return address.is_loopback if address else host == "localhost"


def is_wildcard(host: str) -> bool:
    """Whether an address means every interface."""
    address = _address(host)
    return address is not None and address.is_unspecified


def reachable_host(host: str) -> str:
    """The address by which others reach a server that listens on `host`.

    For a wildcard the one that this machine uses towards its network; nothing is sent to find it.
    """
    if not is_wildcard(host):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.connect(("192.0.2.1", 9))  # an address of no one (RFC 5737): the way out is the same
        except OSError:  # a network without a way out, as between two laptops
            return next(iter(own_addresses()), "127.0.0.1")
        return str(udp.getsockname()[0])


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses on its networks."""
    import ifaddr

    found = (str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)
    return sorted(address for address in found if not is_loopback(address))


def url(host: str, port: int, token: str | None) -> str:
    """What a person opens."""
    at = f"[{host}]" if ":" in host else host
    return f"http://{at}:{port}/" + (f"?token={token}" if token else "")


class Guard:
    """Decides over each request; knows nothing of HTTP but the headers it is given."""

    def __init__(self, token: str | None, trusted: Sequence[str] = (), names: Collection[str] = ()) -> None:
        """`token`: None where only this machine can ask. `trusted`: addresses and networks that need none.

        `names`: of this machine, beside localhost and every address. A request under another name comes
        from a page that made its own name point here (DNS rebinding).
        """
        self._token = token
        self._trusted = networks(trusted)
        self._names = frozenset({"localhost", *(name.lower() for name in names)})

    def refusal(self, *, host: str, origin: str | None, peer: str, shown: Collection[str]) -> str | None:
        """Why a request is refused, in a line for people; None if it is welcome.

        `host`, `origin`: headers. `peer`: the address it comes from. `shown`: every token that it shows.
        """
        if not self._is_ours(host):
            return "this is not the name of this machine"
        if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            return "pages of other sites have no business here"
        if self._token is None or self._is_trusted(peer):
            return None
        if any(hmac.compare_digest(_bytes(token), _bytes(self._token)) for token in shown):
            return None
        return "open the address that Stemlight printed when it started: it holds this show's token"

    def _is_trusted(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self._trusted)

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name = parts.hostname if parts.netloc == host and parts.port != 0 else None
        except ValueError:  # brackets or a port that are none
            return False
        return name is not None and (_address(name) is not None or name.rstrip(".") in self._names)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A dual-stack socket reports IPv4 peers as ::ffff:192.168.1.5.
    return getattr(address, "ipv4_mapped", None) or address


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")  # a header may hold any byte


def announced_name() -> str:
    """What this machine is called in our mDNS announcement; its own name may be another's to announce."""
    return f"stemlight-{socket.gethostname().partition('.')[0].lower()}.local"


def own_names() -> set[str]:
    """What this machine is called on its network."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return {name, short, f"{short}.local", announced_name()}
