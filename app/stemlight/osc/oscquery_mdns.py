"""Tells the local network by mDNS where the OSCQuery server is, as `_oscjson._tcp` and `_osc._udp`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from zeroconf import Error, InterfaceChoice, IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from stemlight.osc.oscquery_access import announced_name, is_wildcard, own_addresses

LOOK_S = 10.0  # between looks at this machine's addresses: a laptop joins the venue's network when it does


class Announcement:
    """What is announced. Belongs to one event loop."""

    def __init__(
        self, name: str, host: str, port: int, osc_port: int | None, say: Callable[[str], None]
    ) -> None:
        """`host`: what the server listens on. `say` takes a line for people."""
        self._name = f"{name} on {socket.gethostname().partition('.')[0]}"
        self._host = host
        self._ports = {"_oscjson._tcp.local.": port}
        if osc_port is not None:
            self._ports["_osc._udp.local."] = osc_port
        self._say = say
        self._zeroconf: AsyncZeroconf | None = None

    async def keep(self) -> None:
        """Announces, and anew when this machine's addresses change; until cancelled."""
        announced: list[str] = []
        while True:
            addresses = [self._host] if not is_wildcard(self._host) else own_addresses()
            if addresses != announced:
                await self.end()
                announced = addresses
                try:
                    await self._begin(addresses)
                except (OSError, Error) as error:
                    self._say(f"cannot announce OSCQuery on the network: {error or type(error).__name__}")
            await asyncio.sleep(LOOK_S)

    async def end(self) -> None:
        """Takes the announcement back."""
        if self._zeroconf is not None:
            zeroconf, self._zeroconf = self._zeroconf, None
            await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()

    async def _begin(self, addresses: list[str]) -> None:
        if not addresses:
            return  # no network yet
        interfaces = InterfaceChoice.All if is_wildcard(self._host) else addresses
        self._zeroconf = AsyncZeroconf(interfaces=interfaces, ip_version=IPVersion.V4Only)
        for kind, port in self._ports.items():
            service = AsyncServiceInfo(
                kind,
                f"{self._name}.{kind}",
                port=port,
                server=f"{announced_name()}.",
                parsed_addresses=addresses,
                properties={"txtvers": "1"},
            )
            await (await self._zeroconf.async_register_service(service, allow_name_change=True))
