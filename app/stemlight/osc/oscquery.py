"""Shows every control and every number of the feed to OSCQuery clients and to the remote page.

HTTP answers what there is and what it says; over a WebSocket values come as OSC while they change, and
controls are set by OSC. One server is both, as the OSCQuery proposal asks, and gives the page to browsers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, hdrs, web

from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.errors import UserError
from stemlight.osc.oscquery_access import Guard, is_loopback, is_wildcard, own_names, reachable_host, url
from stemlight.osc.oscquery_tree import OPTIONAL, Choice, Menu, Tree, attribute, control_address, describe
from stemlight.osc.oscquery_values import Message, Values, pack
from stemlight.osc.receiver import apply, messages

TICK_S = 1 / 30  # between looks at the values: what a hand or an eye can follow
ALIVE_S = 1.0  # a client that gets bundles gets an empty one when nothing else came for so long
MENU_S = 5.0  # between looks at what there is to choose
MAX_CONNECTIONS = 64  # and what comes in the same instant
MAX_CLIENTS = 16  # WebSockets; each costs a share of the tick
MAX_MESSAGE_BYTES = 65_536  # that a client sends at once, as a UDP packet may be
MESSAGES_A_SECOND = 500  # that are taken from one client; faster ones are left to wait in their own buffers
FULL_BYTES = 16_384  # unsent to a client: until they have gone it is passed over, and gets newer values then
SEND_BUFFER_BYTES = (
    32_768  # that the system keeps for a client: megabytes, its own choice, are minutes of old news
)
PATIENCE_S = 5.0  # with a client that takes nothing; then it is cut off
HEARTBEAT_S = 10.0  # finds out who went away without a word
SILENT_S = 10.0  # for a connection to ask something
KEEP_ALIVE_S = 15.0
CLOSE_S = 2.0
SAY_EVERY_S = 60.0  # trouble, in words for people

PAGE = Path(__file__).with_name("remote.html")
COOKIE = "stemlight_{port}"  # cookies do not tell ports apart
_BUNDLE = b"#bundle\0" + struct.pack(">Q", 1)  # time tag 1: immediately
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PAGE_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_quiet = logging.Logger(
    "stemlight oscquery"
)  # has no handler of its own and none above: strangers write no log
_quiet.addHandler(logging.NullHandler())
_dumps = partial(json.dumps, allow_nan=False)


class OscQueryServer:
    """The server, in a thread of its own. `start`, then `close`; both from one thread."""

    def __init__(
        self,
        controls: ControlBus,
        ring: FrameRing,
        *,
        port: int,
        host: str = "127.0.0.1",
        osc_port: int | None = None,
        osc_host: str = "127.0.0.1",
        token: str | None = None,
        trusted: Sequence[str] = (),
        menu: Callable[[], Menu] = dict,
        name: str = "Stemlight",
        announce: bool | None = None,
        say: Callable[[str], None] = lambda words: None,
    ) -> None:
        """`port`: 0 lets the system choose. `osc_port`: where OSC comes in by UDP, None if nowhere.

        `token`: needed where others than this machine can ask; `trusted` addresses and networks can without.
        `menu`: what text controls offer; from here these take nothing else, so that nobody on the network
        opens a file. `announce`: by mDNS; None does so unless only this machine can ask.
        `say`: takes a line for people, on the server's thread.
        """
        if token is None and not is_loopback(host):
            raise ValueError(f"a server on {host} needs a token")
        self.clients = 0  # WebSockets that are open
        self.received = 0  # messages of clients that did something
        self.ignored = 0  # that did not
        self._controls = controls
        self._values = Values(controls, ring)
        self._host, self._port = host, port
        self._osc_host, self._osc_port = osc_host, osc_port
        self._token = None if is_loopback(host) else token
        self._guard = Guard(self._token, trusted, own_names())
        self._read_menu = menu
        self._name = name
        self._announce = not is_loopback(host) if announce is None else announce
        self._say = say
        self._started = threading.Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="oscquery", daemon=True)
        # From here on the loop's alone.
        self._listeners: set[_Listener] = set()
        self._someone = asyncio.Event()
        self._stopping = asyncio.Event()
        self._silent: dict[asyncio.BaseProtocol, float] = {}  # connections that asked nothing yet, since when
        self._menu: Menu = {}
        self._menu_read_s = float("-inf")
        self._quiet_until_s = float("-inf")
        self._tree = Tree()
        self._page = b""

    @property
    def port(self) -> int:
        """Where it listens; the system's choice after `start` if 0 was asked for."""
        return self._port

    @property
    def url(self) -> str:
        """What a person opens, token and all."""
        return url(reachable_host(self._host), self._port, self._token)

    def start(self) -> None:
        """Listens from now on. UserError if the port cannot be had."""
        self._page = PAGE.read_bytes()
        self._thread.start()
        self._started.wait()
        self.check()

    def check(self) -> None:
        """Raises what has ended the server by itself, if something has."""
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Stops listening and sends every client away."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(2 * CLOSE_S)

    # --- the server's thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        app = web.Application(middlewares=[self._let_in], client_max_size=1)
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=_quiet,
            handle_signals=False,
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=0.0,  # nobody waits for the body of a query
            shutdown_timeout=CLOSE_S,
        )
        await runner.setup()
        server = None
        try:
            await self._look_at_menu()
            server = await self._listen(runner)
            self._started.set()
            async with self._announced():
                await _first(self._stopping.wait(), self._stream(), self._sweep())
        finally:
            if server:
                server.close()
            for listener in tuple(self._listeners):
                await listener.leave()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> asyncio.Server:
        make = runner.server
        assert make is not None and self._loop is not None

        def accept() -> asyncio.BaseProtocol:
            if len(make.connections) >= MAX_CONNECTIONS:
                return _Refusal()
            protocol = make()
            self._silent[protocol] = time.monotonic()
            return protocol

        try:
            server = await self._loop.create_server(accept, self._host, self._port)
        except OSError as error:
            reason = error.strerror or error
            raise UserError(f"cannot listen on {self._host}:{self._port}: {reason}; choose another") from None
        self._port = int(server.sockets[0].getsockname()[1])
        return server

    @contextlib.asynccontextmanager
    async def _announced(self) -> AsyncIterator[None]:
        if not self._announce:
            yield
            return
        from stemlight.osc.oscquery_mdns import Announcement

        announcement = Announcement(self._name, self._host, self._port, self._osc_port, self._say)
        task = asyncio.create_task(announcement.keep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(announcement.end(), CLOSE_S)

    async def _sweep(self) -> None:
        """Ends connections that ask nothing."""
        while True:
            await asyncio.sleep(SILENT_S / 4)
            now_s = time.monotonic()
            for protocol, since_s in tuple(self._silent.items()):
                if now_s - since_s > SILENT_S:
                    del self._silent[protocol]
                    if isinstance(protocol, web.RequestHandler):
                        protocol.force_close()

    # --- HTTP ---------------------------------------------------------------------------------------------

    @web.middleware
    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._silent.pop(request.protocol, None)
        peer = request.transport.get_extra_info("peername") if request.transport else None
        refusal = self._guard.refusal(
            host=request.headers.get(hdrs.HOST, ""),
            origin=request.headers.get(hdrs.ORIGIN),
            peer=str(peer[0]) if peer else "",
            shown=[token for token in self._tokens(request) if token],
        )
        if refusal:
            response: web.StreamResponse = _line(403, refusal)
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = _line(error.status, error.reason)
            except ConnectionError:  # it went away while it was answered
                raise
            except Exception as error:
                self._complain(f"oscquery: {type(error).__name__}: {error}")
                response = _line(500, "this went wrong here")
        if not response.prepared:
            for header, value in _HEADERS.items():
                response.headers.setdefault(header, value)
        return response

    def _complain(self, words: str) -> None:
        """Says what went wrong, rarely: strangers do not fill the terminal."""
        if time.monotonic() >= self._quiet_until_s:
            self._quiet_until_s = time.monotonic() + SAY_EVERY_S
            self._say(words)

    def _tokens(self, request: web.Request) -> tuple[str | None, ...]:
        return (
            request.query.get("token"),
            request.cookies.get(COOKIE.format(port=self._port)),
            request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer "),
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            return await self._converse(request)
        if request.can_read_body:
            return _line(400, "a query has no body")
        asked = [name for name in request.query if name != "token"]
        if request.path == "/" and (asked == ["HTML"] or (not asked and _is_browser(request))):
            return self._show_page(request)
        await self._look_at_menu()
        if request.path.startswith("/remote/"):
            return self._show_menu(request.path.removeprefix("/remote/"))
        if "HOST_INFO" in asked:
            return _json(self._host_info(request))
        return self._query(request.path, asked)

    def _query(self, path: str, asked: list[str]) -> web.Response:
        """A node, or of it what was asked for."""
        node = self._tree.find(path)
        if node is None:
            return _line(404, "there is nothing at this address")
        self._values.take(time.perf_counter())
        if not asked:
            return _json(describe(node, self._values.read))
        told: dict[str, Any] = {}
        for name in asked:
            try:
                answer = attribute(node, name, self._values.read)
            except KeyError:
                return _line(400, "this is no attribute of OSCQuery that is known here")
            if answer is None:
                return web.Response(status=204)
            told |= answer
        return _json(told)

    def _host_info(self, request: web.Request) -> dict[str, Any]:
        here = request.transport.get_extra_info("sockname")[0] if request.transport else self._host
        info: dict[str, Any] = {
            "NAME": self._name,
            "EXTENSIONS": dict.fromkeys((*OPTIONAL, "LISTEN", "PATH_CHANGED", "HTML"), True),
            "WS_IP": here,
            "WS_PORT": self._port,
        }
        if self._osc_port is not None:
            info |= {
                "OSC_IP": here if is_wildcard(self._osc_host) else self._osc_host,
                "OSC_PORT": self._osc_port,
                "OSC_TRANSPORT": "UDP",
            }
        return info

    def _show_page(self, request: web.Request) -> web.Response:
        response = web.Response(body=self._page, content_type="text/html", charset="utf-8")
        response.headers["Content-Security-Policy"] = _PAGE_POLICY.format(host=request.host)
        if self._token:
            response.set_cookie(
                COOKIE.format(port=self._port), self._token, httponly=True, samesite="Strict", path="/"
            )
        return response

    def _show_menu(self, path: str) -> web.StreamResponse:
        """What there is to choose, and its pictures: `menu`, `picture/<control>/<value>`."""
        if path == "menu":
            return _json({name: [_choice(name, c) for c in found] for name, found in self._menu.items()})
        kind, _, rest = path.partition("/")
        name, _, value = rest.partition("/")
        for choice in self._menu.get(name, ()) if kind == "picture" else ():
            if choice.value == value and choice.picture is not None and choice.picture.is_file():
                return web.FileResponse(choice.picture, headers={"Cache-Control": "no-cache"})
        return _line(404, "there is nothing at this address")

    async def _look_at_menu(self) -> None:
        """Reads the menu anew if that is due, and tells clients whose tree is another one now."""
        if time.monotonic() - self._menu_read_s < MENU_S:
            return
        self._menu_read_s = time.monotonic()
        menu = await asyncio.to_thread(self._read_menu)
        before, self._menu = self._menu, menu
        if menu == before:
            return
        self._tree = Tree(menu)
        for name in menu.keys() | before.keys():
            if menu.get(name) != before.get(name):
                for listener in tuple(self._listeners):
                    await listener.tell("PATH_CHANGED", control_address(name))

    # --- WebSocket ----------------------------------------------------------------------------------------

    async def _converse(self, request: web.Request) -> web.StreamResponse:
        if len(self._listeners) >= MAX_CLIENTS:
            return _line(503, f"{MAX_CLIENTS} clients are connected already")
        talk = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES, compress=False)
        try:
            await talk.prepare(request)
        except (web.HTTPBadRequest, ValueError):  # headers that are wrong, or are no text
            return _line(400, "no WebSocket that is understood here")
        assert request.transport is not None
        with contextlib.suppress(OSError):
            connection: socket.socket = request.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listener = _Listener(talk, request.transport)
        self._listeners.add(listener)
        self.clients = len(self._listeners)
        self._someone.set()
        try:
            async for message in talk:
                if message.type is WSMsgType.TEXT:
                    listener.obey(message.data, self._tree)
                elif message.type is WSMsgType.BINARY:
                    self._set_controls(message.data)
                await asyncio.sleep(1 / MESSAGES_A_SECOND if listener.is_hasty() else 0)
        finally:
            self._listeners.discard(listener)
            self.clients = len(self._listeners)
            if not self._listeners:
                self._someone.clear()
        return talk

    def _set_controls(self, packet: bytes) -> None:
        """What a client sent, in its order."""
        try:
            for message in messages(packet):
                leaf = self._tree.leaf(message.address)
                try:
                    if leaf and leaf.choices and next(iter(message), None) not in leaf.choices:
                        raise ValueError("not on the menu")
                    apply(message, self._controls)
                    self.received += 1
                except (KeyError, ValueError):
                    self.ignored += 1
        except ValueError:
            self.ignored += 1

    async def _stream(self) -> None:
        """Sends what has changed, at the pace of the tick, while somebody listens."""
        due_s = 0.0
        while True:
            await self._someone.wait()
            await self._look_at_menu()
            now_s = time.perf_counter()
            self._values.take(now_s)
            packed = _Packed(self._tree, self._values)
            for listener in tuple(self._listeners):
                await listener.send(packed, now_s)
            due_s = max(due_s + TICK_S, now_s)  # a late tick makes the next one no later
            await asyncio.sleep(max(0.0, due_s - time.perf_counter()))


class _Packed:
    """The messages of one tick, each made once however many listen to it."""

    def __init__(self, tree: Tree, values: Values) -> None:
        self._tree = tree
        self._values = values
        self._made: dict[str, Message | None] = {}

    def get(self, address: str) -> Message | None:
        """The message of an address; None where it has no value."""
        if address not in self._made:
            leaf = self._tree.leaf(address)
            value = self._values.read(leaf) if leaf else None
            self._made[address] = None if leaf is None or value is None else pack(leaf, value)
        return self._made[address]


class _Listener:
    """A client that is connected by WebSocket, and what it has been told."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self._socket = socket
        self._transport = transport
        self._told: dict[str, object] = {}  # the last message's mark of each address that it listens to
        self._bundles = False
        self._spoke_s = 0.0
        self._full_since_s: float | None = None
        self._allowance = float(MESSAGES_A_SECOND)
        self._allowed_s = time.monotonic()

    def obey(self, text: str, tree: Tree) -> None:
        """LISTEN, IGNORE, and BUNDLES of our own: several messages in one packet, for who can read that."""
        try:
            command = json.loads(text)
        except ValueError:
            return
        if not isinstance(command, Mapping):
            return
        data = command.get("DATA")
        leaf = tree.leaf(data)
        match command.get("COMMAND"):
            case "LISTEN" if leaf:
                self._told.setdefault(leaf.address, None)
            case "IGNORE" if leaf:
                self._told.pop(leaf.address, None)
            case "BUNDLES":
                self._bundles = bool(data)

    def is_hasty(self) -> bool:
        """Whether it sends more than its share; counts one message."""
        now_s = time.monotonic()
        earned = (now_s - self._allowed_s) * MESSAGES_A_SECOND
        self._allowance = min(self._allowance + earned, MESSAGES_A_SECOND) - 1
        self._allowed_s = now_s
        return self._allowance < 0

    async def send(self, packed: _Packed, now_s: float) -> None:
        """What has changed since it was last told; nothing while it has not taken that."""
        if self._transport.get_write_buffer_size() > FULL_BYTES:
            self._full_since_s = self._full_since_s or now_s
            if now_s - self._full_since_s > PATIENCE_S:
                self._transport.abort()
            return
        self._full_since_s = None
        new: list[bytes] = []
        for address, told in self._told.items():
            message = packed.get(address)
            if message is None or message.mark == told:
                continue
            self._told[address] = message.mark
            if not message.is_event:
                new.append(message.packet)
            elif isinstance(told, int) and isinstance(message.mark, int):
                new += [message.packet] * (message.mark - told)
        if new or (self._bundles and now_s - self._spoke_s > ALIVE_S):
            self._spoke_s = now_s
            await self._write(self._packets(new))

    async def tell(self, command: str, data: str) -> None:
        """A command of the server."""
        with contextlib.suppress(ConnectionError):
            await self._socket.send_str(_dumps({"COMMAND": command, "DATA": data}))

    async def leave(self) -> None:
        """Says good-bye."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(self._socket.close(code=1001), CLOSE_S / 2)

    def _packets(self, new: list[bytes]) -> list[bytes]:
        if not self._bundles:
            return new
        return [_BUNDLE + b"".join(struct.pack(">i", len(message)) + message for message in new)]

    async def _write(self, packets: list[bytes]) -> None:
        with contextlib.suppress(ConnectionError):  # its own coroutine notices too, and clears up
            for packet in packets:
                await self._socket.send_bytes(packet)


class _Refusal(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def _first(*coroutines: Coroutine[Any, Any, Any]) -> None:
    """Runs all until one has ended, well or not."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_browser(request: web.Request) -> bool:
    return "text/html" in request.headers.get(hdrs.ACCEPT, "")


def _json(value: Any) -> web.Response:
    return web.json_response(value, dumps=_dumps)


def _line(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=words + "\n")


def _choice(control: str, choice: Choice) -> dict[str, str]:
    told = {"value": choice.value, "title": choice.title}
    return told | ({"picture": f"/remote/picture/{control}/{choice.value}"} if choice.picture else {})
