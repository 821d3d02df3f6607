"""The OSCQuery server, asked over real sockets on this machine alone."""

import asyncio
import json
import math
import socket
import time
from contextlib import asynccontextmanager, closing, suppress

import aiohttp
import numpy as np
import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket
from stemlight.analysis.feature_frame import HOP_S
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError
from stemlight.osc import oscquery
from stemlight.osc.oscquery import OscQueryServer
from stemlight.osc.oscquery_tree import Choice

BRIGHTNESS = "/stemlight/ctl/stage/brightness"
TAP = "/stemlight/ctl/beat/tap"
LEVEL = "/stemlight/drums/level"
TOKEN = "a-token-of-this-test"
WEBSOCKET = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
ANSWER_S = 20.0  # a loaded machine


@pytest.fixture
def bus():
    with closing(ControlBus.create(segment_name("oscquery-controls"))) as bus:
        yield bus


@pytest.fixture
def ring():
    name = segment_name("oscquery-frames")
    with closing(FrameRing.create(name)) as ring, closing(FrameRing.attach(name, writer=True)) as writer:
        ring.publish = writer.publish
        yield ring


@pytest.fixture
def menu(tmp_path):
    picture = tmp_path / "nave.jpg"
    picture.write_bytes(b"a picture")
    return {"stage.preset": [Choice("nave", "Nave", picture), Choice("ink", "Ink")]}


@pytest.fixture
def start(bus, ring, menu):
    servers = []

    def start_server(**options):
        options = {"port": 0, "osc_port": 9000, "menu": lambda: dict(menu)} | options
        server = OscQueryServer(bus, ring, **options)
        server.start()
        servers.append(server)
        return server

    yield start_server
    for server in servers:
        server.close()
        server.check()


@pytest.fixture
def server(start):
    return start()


def ask(server, path="/", headers=(), **options):
    """Status, headers and body of one request."""

    async def request():
        async with aiohttp.ClientSession() as session, asyncio.timeout(ANSWER_S):
            url = f"http://127.0.0.1:{server.port}{path}"
            async with session.request(
                options.pop("method", "GET"), url, headers=dict(headers), **options
            ) as r:
                return r.status, r.headers, await r.read()

    return asyncio.run(request())


def ask_json(server, path="/"):
    status, _, body = ask(server, path)
    assert status == 200, body
    return json.loads(body)


def shout(server, data):
    """What comes back for raw bytes, until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=ANSWER_S) as tcp:
        answer = b""
        with suppress(ConnectionError):  # it hung up while we spoke
            tcp.sendall(data)
            while more := tcp.recv(65_536):
                answer += more
        return answer


def packet(address, *arguments):
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument, OscMessageBuilder.ARG_TYPE_NIL if argument is None else None)
    return builder.build().dgram


def said(data):
    """Address and arguments of every message of a packet."""
    return [(timed.message.address, list(timed.message)) for timed in OscPacket(data).messages]


class Client:
    """A WebSocket client, as others write them."""

    def __init__(self, socket):
        self.socket = socket

    async def command(self, command, data):
        await self.socket.send_json({"COMMAND": command, "DATA": data})

    async def hear(self):
        """The messages of the next packet."""
        return said(await self.socket.receive_bytes(timeout=ANSWER_S))

    async def send(self, *arguments):
        await self.socket.send_bytes(packet(*arguments))


@asynccontextmanager
async def client_of(server, path="/", **options):
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{server.port}{path}", max_msg_size=0, **options) as ws,
    ):
        yield Client(ws)


def talk(server, conversation, **options):
    """Runs `conversation(client)` against the server."""

    async def run():
        async with asyncio.timeout(ANSWER_S), client_of(server, **options) as client:
            return await conversation(client)

    return asyncio.run(run())


async def until(true):
    async with asyncio.timeout(ANSWER_S):
        while not true():
            await asyncio.sleep(0.001)


# --- asking -----------------------------------------------------------------------------------------------


def test_the_whole_tree_says_what_the_controls_and_the_feed_say(server, bus, ring, frame):
    ring.publish(frame, time.perf_counter())
    bus.set("stage.brightness", 0.25)
    tree = ask_json(server)["CONTENTS"]["stemlight"]["CONTENTS"]
    assert tree["ctl"]["CONTENTS"]["stage"]["CONTENTS"]["brightness"]["VALUE"] == [0.25]
    assert tree["drums"]["CONTENTS"]["level"]["VALUE"] == [pytest.approx(frame.value("drums.level"))]
    assert tree["drums"]["CONTENTS"]["count"]["VALUE"] == [frame.value("drums.count")]
    assert tree["ctl"]["CONTENTS"]["stage"]["CONTENTS"]["preset"]["RANGE"] == [{"VALS": ["nave", "ink"]}]


def test_before_the_first_frame_the_feed_has_no_value(server):
    assert ask_json(server, f"{LEVEL}?VALUE") == {}


def test_beats_are_read_at_the_moment_of_asking_and_with_the_offset(server, bus, ring, frame):
    captured_s = time.perf_counter()
    ring.publish(frame, captured_s)
    bus.set("beat.offset_ms", 250.0)
    before_s = time.perf_counter()
    position = ask_json(server, "/stemlight/beat/position?VALUE")["VALUE"][0]
    after_s = time.perf_counter()
    if after_s - captured_s < 0.4:  # a frame that is older says its own time
        first = frame.beat + 2.0 * (before_s - captured_s + 0.25)  # 120 bpm
        assert first <= position <= first + 2.0 * (after_s - before_s)


def test_host_info_says_where_osc_and_the_websocket_are(server):
    info = ask_json(server, "/what/ever?HOST_INFO")
    assert info["OSC_IP"] == "127.0.0.1"
    assert (info["OSC_PORT"], info["OSC_TRANSPORT"]) == (9000, "UDP")
    assert (info["WS_IP"], info["WS_PORT"]) == ("127.0.0.1", server.port)
    assert info["EXTENSIONS"]["LISTEN"] is True
    for name in info["EXTENSIONS"].keys() - {"LISTEN", "PATH_CHANGED", "HTML"}:
        assert ask(server, f"{BRIGHTNESS}?{name}")[0] == 200, name


def test_where_no_osc_comes_in_none_is_promised(start):
    assert "OSC_PORT" not in ask_json(start(osc_port=None), "/?HOST_INFO")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{BRIGHTNESS}?VALUE", 200),
        ("/stemlight/ctl/stage/?CONTENTS", 200),
        ("/stemlight/ctl/stage?VALUE", 204),  # a branch has no value
        (f"{BRIGHTNESS}?FOO", 400),
        (f"{BRIGHTNESS}?VALUE&FOO", 400),
        ("/stemlight/no/such", 404),
        ("/stemlight/no/such?VALUE", 404),
        ("/../../etc/passwd", 404),
        ("/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/remote/picture/stage.preset/../../../nave", 404),
        ("/remote/picture/stage.preset/..%2f..%2fnave.jpg", 404),
        ("/remote/picture/stage.preset/ink", 404),
        ("/remote/picture/stage.preset/nave", 200),
        ("/remote/other", 404),
        ("/favicon.ico", 404),
        ("/%00", 404),
        ("/" + "a" * 7000, 404),
    ],
)
def test_each_question_has_the_proposals_answer(server, path, status):
    assert ask(server, path)[0] == status


def test_several_attributes_come_together(server):
    assert ask_json(server, f"{BRIGHTNESS}?VALUE&TYPE") == {"VALUE": [1.0], "TYPE": "f"}
    assert ask_json(server, "/stemlight/ctl/stage?TYPE") == {}


def test_browsers_get_the_page_and_others_the_tree(server):
    status, headers, body = ask(server, headers={"Accept": "text/html,application/xhtml+xml"})
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<title>Stemlight</title>" in body
    assert ask(server, "/?HTML")[2] == body
    _, headers, body = ask(server, headers={"Accept": "application/json, text/plain, */*"})
    assert headers["Content-Type"].startswith("application/json")
    assert json.loads(body)["FULL_PATH"] == "/"


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_no_other_site_may_read_or_frame_an_answer(server, accept):
    _, headers, _ = ask(server, headers={"Accept": accept})
    assert "Access-Control-Allow-Origin" not in headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_but_get_does_anything(server, bus, method):
    assert ask(server, BRIGHTNESS, method=method, data=b"0.5" if method != "OPTIONS" else None)[0] == 405
    assert bus.get("stage.brightness") == 1.0


def test_a_query_with_a_body_is_refused(server):
    assert ask(server, BRIGHTNESS, data=b"x" * 1000)[0] == 400


@pytest.mark.parametrize(
    "data",
    [
        b"\0\1\2\3\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nNo colon\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n",
    ],
)
def test_malformed_requests_are_answered_400_without_a_word_of_code(server, data):
    answer = shout(server, data)
    assert answer.split(b"\r\n")[0].split()[1:2] == [b"400"], answer[:100]
    assert b"Traceback" not in answer
    assert b"File " not in answer
    assert ask(server)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Upgrade": "websocket", "Connection": "Upgrade"},
        {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "99"},
        {"Upgrade": "websocket"},
        WEBSOCKET | {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAÄ=="},
        WEBSOCKET | {"Sec-WebSocket-Key": "short"},
    ],
)
def test_a_malformed_upgrade_is_answered_400(server, headers):
    assert ask(server, headers=headers)[0] == 400


# --- who may --------------------------------------------------------------------------------------------


def test_a_server_for_others_needs_a_token(bus, ring):
    with pytest.raises(ValueError, match="token"):
        OscQueryServer(bus, ring, host="0.0.0.0", port=0)


@pytest.fixture
def open_server(start):
    """Of a server that others may ask; asked from here it cannot tell the difference."""
    return start(host="0.0.0.0", token=TOKEN, announce=False)


def test_without_the_token_nothing_is_told_and_nobody_is_connected(open_server):
    for path in ("/", "/?HOST_INFO", "/?token=wrong", "/remote/menu", BRIGHTNESS):
        status, _, body = ask(open_server, path)
        assert status == 403
        assert b"VALUE" not in body
    with pytest.raises(aiohttp.WSServerHandshakeError):
        talk(open_server, lambda client: client.hear())


def test_the_token_opens_by_address_header_and_cookie(open_server):
    page = {"Accept": "text/html"}
    status, headers, _ = ask(open_server, f"/?token={TOKEN}", headers=page)
    assert status == 200
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert ask(open_server, "/remote/menu", headers={"Cookie": cookie.split(";")[0]})[0] == 200
    assert ask(open_server, headers={"Authorization": f"Bearer {TOKEN}"})[0] == 200
    assert ask_json(open_server, f"{BRIGHTNESS}?VALUE&token={TOKEN}") == {"VALUE": [1.0]}
    assert open_server.url.endswith(f":{open_server.port}/?token={TOKEN}")


def test_trusted_machines_need_no_token(start):
    server = start(host="0.0.0.0", token=TOKEN, announce=False, trusted=["127.0.0.0/8"])
    assert ask(server)[0] == 200


def test_this_machine_alone_needs_no_token(server):
    assert "token" not in server.url
    assert "Set-Cookie" not in ask(server, headers={"Accept": "text/html"})[1]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_other_sites_get_nothing(server, headers):
    assert ask(server, headers=headers)[0] == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        talk(server, lambda client: client.hear(), headers=headers)


# --- listening ------------------------------------------------------------------------------------------


def test_who_listens_gets_the_value_and_then_its_changes(server, bus):
    async def conversation(client):
        await client.command("LISTEN", BRIGHTNESS)
        assert await client.hear() == [(BRIGHTNESS, [1.0])]
        bus.set("stage.brightness", 0.5)
        assert await client.hear() == [(BRIGHTNESS, [0.5])]

    talk(server, conversation)


def test_each_kind_of_control_comes_as_its_type(server, bus):
    async def conversation(client):
        await client.command("LISTEN", "/stemlight/ctl/stage/blackout")
        assert await client.hear() == [("/stemlight/ctl/stage/blackout", [False])]
        await client.command("LISTEN", "/stemlight/ctl/stage/preset")
        assert await client.hear() == [("/stemlight/ctl/stage/preset", [""])]
        bus.set("stage.preset", "größer")
        assert await client.hear() == [("/stemlight/ctl/stage/preset", ["größer"])]
        await client.command("LISTEN", "/stemlight/ctl/sync/beats_per_bar")
        [(_, value)] = await client.hear()
        assert value == [4]
        assert isinstance(value[0], int)

    talk(server, conversation)


def test_a_trigger_is_told_each_time_that_it_is_fired_and_not_before(server, bus):
    async def conversation(client):
        bus.fire("beat.tap")
        await client.command("LISTEN", TAP)
        await client.command("LISTEN", BRIGHTNESS)
        assert await client.hear() == [(BRIGHTNESS, [1.0])]  # and no tap with it
        for _ in range(3):
            bus.fire("beat.tap")
        assert [await client.hear() for _ in range(3)] == [[(TAP, [])]] * 3

    talk(server, conversation)


def test_a_trigger_of_the_feed_is_one_and_then_zero(server, ring, frame, frame_after):
    async def conversation(client):
        ring.publish(frame, time.perf_counter())
        await client.command("LISTEN", "/stemlight/kick/trigger")
        assert await client.hear() == [("/stemlight/kick/trigger", [0])]
        count = frame.record["count"] + 1
        ring.publish(frame_after(frame, count=count), time.perf_counter())
        assert await client.hear() == [("/stemlight/kick/trigger", [1])]
        assert await client.hear() == [("/stemlight/kick/trigger", [0])]

    talk(server, conversation)


def test_an_engine_that_begins_anew_is_no_event(start, bus, ring, frame, frame_after):
    server = start()

    async def conversation(client):
        ring.publish(frame, time.perf_counter())
        await client.command("LISTEN", "/stemlight/kick/trigger")
        await client.hear()
        with closing(FrameRing.attach(segment_name("oscquery-frames"), writer=True)) as second:
            later = frame_after(frame, count=frame.record["count"] + 5)
            second.publish(later, time.perf_counter())
            await client.command("LISTEN", LEVEL)
            assert [address for address, _ in await client.hear()] == [LEVEL]

    talk(server, conversation)


def test_who_ignores_hears_no_more(server, bus):
    async def conversation(client):
        await client.command("LISTEN", BRIGHTNESS)
        await client.hear()
        await client.command("IGNORE", BRIGHTNESS)
        await client.command("LISTEN", "/stemlight/ctl/agc/lock")
        await client.hear()
        bus.set("stage.brightness", 0.1)
        bus.set("agc.lock", True)
        assert await client.hear() == [("/stemlight/ctl/agc/lock", [True])]

    talk(server, conversation)


def test_to_listen_to_a_branch_is_to_listen_to_nothing(server):
    async def conversation(client):
        for wrong in ("/stemlight/ctl", "/no/such", 3, None, ["/x"]):
            await client.command("LISTEN", wrong)
        await client.command("LISTEN", BRIGHTNESS)
        assert await client.hear() == [(BRIGHTNESS, [1.0])]

    talk(server, conversation)


def test_who_can_read_bundles_gets_a_tick_in_one_packet_and_a_sign_of_life(server, ring, frame, monkeypatch):
    monkeypatch.setattr(oscquery, "ALIVE_S", 0.0)
    ring.publish(frame, time.perf_counter() - 10.0)  # its beat stands still

    async def conversation(client):
        wanted = {f"/stemlight/{stem}/level" for stem in ("drums", "bass", "vocals", "other")}
        await client.command("BUNDLES", True)
        heard = set()
        for address in wanted:
            await client.command("LISTEN", address)
        while heard != wanted:
            heard |= {address for address, _ in await client.hear()}
        assert await client.hear() == []

    talk(server, conversation)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        '"LISTEN"',
        '{"COMMAND": {}}',
        '{"DATA": 3}',
        "\ud800".encode("utf-8", "replace").decode(),
    ],
)
def test_commands_that_are_none_change_nothing(server, text):
    async def conversation(client):
        await client.socket.send_str(text)
        await client.command("LISTEN", BRIGHTNESS)
        assert await client.hear() == [(BRIGHTNESS, [1.0])]

    talk(server, conversation)


def test_another_menu_is_another_tree_and_clients_are_told(start, menu, monkeypatch):
    monkeypatch.setattr(oscquery, "MENU_S", 0.0)
    server = start()
    address = "/stemlight/ctl/stage/preset"

    async def conversation(client):
        await client.command("LISTEN", BRIGHTNESS)
        await client.hear()
        menu["stage.preset"] = [Choice("new", "New")]
        async with asyncio.timeout(ANSWER_S):
            told = await client.socket.receive_json()
        assert told == {"COMMAND": "PATH_CHANGED", "DATA": address}

    talk(server, conversation)
    assert ask_json(server, f"{address}?RANGE") == {"RANGE": [{"VALS": ["new"]}]}


# --- setting --------------------------------------------------------------------------------------------


def test_a_client_sets_controls_within_their_range(server, bus):
    async def conversation(client):
        await client.send(BRIGHTNESS, 0.25)
        await until(lambda: bus.get("stage.brightness") == 0.25)
        await client.send(BRIGHTNESS, 7.0)
        await until(lambda: bus.get("stage.brightness") == 1.0)
        await client.send("/stemlight/ctl/stage/blackout", True)
        await until(lambda: bus.get("stage.blackout") is True)

    talk(server, conversation)


def test_every_trigger_counts_in_order(server, bus):
    bus.fires("beat.tap")

    async def conversation(client):
        for argument in (
            (),
            (None,),
            (1,),
            (0,),
            (0.0,),
            (False,),
            (True,),
        ):  # those that let go fire nothing
            await client.send(TAP, *argument)
        bundle = OscBundleBuilder(2e9)  # 2033: a clock that runs fast
        for _ in range(20):
            bundle.add_content(OscMessageBuilder(TAP).build())
        await client.socket.send_bytes(bundle.build().dgram)
        await client.send(BRIGHTNESS, 0.5)
        await until(lambda: bus.get("stage.brightness") == 0.5)

    talk(server, conversation)
    assert bus.fires("beat.tap") == 24


def test_what_is_on_no_menu_cannot_be_chosen_from_here(server, bus):
    async def conversation(client):
        for wrong in ("/etc/passwd", "nave.toml", 1, ""):
            await client.send("/stemlight/ctl/stage/preset", wrong)
        await until(lambda: server.ignored == 4)
        assert bus.get("stage.preset") == ""
        await client.send("/stemlight/ctl/stage/preset", "ink")
        await until(lambda: bus.get("stage.preset") == "ink")

    talk(server, conversation)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"#bundle\0",
        b"/a",
        b"\xff" * 40,
        packet(LEVEL, 0.5),
        packet("/other", 1),
        packet(BRIGHTNESS, math.nan),
    ],
)
def test_packets_that_make_no_sense_are_counted_and_change_nothing(server, bus, data):
    async def conversation(client):
        await client.socket.send_bytes(data)
        await until(lambda: server.ignored == 1)
        await client.send(BRIGHTNESS, 0.5)
        await until(lambda: bus.get("stage.brightness") == 0.5)

    talk(server, conversation)


def test_a_packet_that_is_too_large_ends_its_client_alone(server):
    async def conversation(client):
        async with client_of(server) as other:
            await client.socket.send_bytes(b"x" * (oscquery.MAX_MESSAGE_BYTES + 1))
            assert (await client.socket.receive(timeout=ANSWER_S)).type in (
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSED,
            )
            await other.command("LISTEN", BRIGHTNESS)
            assert await other.hear() == [(BRIGHTNESS, [1.0])]

    talk(server, conversation)


# --- living ---------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_said(start, server, bus, ring):
    second = OscQueryServer(bus, ring, port=server.port)
    with pytest.raises(UserError, match="choose another"):
        second.start()


def test_closing_says_good_bye_and_frees_the_port(start, bus):
    first = start()

    async def conversation(client):
        await client.command("LISTEN", BRIGHTNESS)
        await client.hear()
        await asyncio.to_thread(first.close)
        message = await client.socket.receive(timeout=ANSWER_S)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)

    talk(first, conversation)
    assert ask(start(port=first.port))[0] == 200


def test_clients_are_counted_and_too_many_are_sent_away(server, monkeypatch):
    monkeypatch.setattr(oscquery, "MAX_CLIENTS", 2)

    async def conversation(client):
        async with client_of(server):
            await until(lambda: server.clients == 2)
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with client_of(server):
                    pass
            assert refused.value.status == 503
        await until(lambda: server.clients == 1)

    talk(server, conversation)
    asyncio.run(until(lambda: server.clients == 0))


def test_connections_too_many_are_closed_at_once(server, monkeypatch):
    monkeypatch.setattr(oscquery, "MAX_CONNECTIONS", 3)
    held = [socket.create_connection(("127.0.0.1", server.port), timeout=ANSWER_S) for _ in range(3)]
    for tcp in held:
        tcp.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert tcp.recv(1000).startswith(b"HTTP/1.1 200")
    assert shout(server, b"") == b""
    for tcp in held:
        tcp.close()

    question = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    asyncio.run(until(lambda: b"FULL_PATH" in shout(server, question)))


def test_connections_that_ask_nothing_are_closed(start, monkeypatch):
    monkeypatch.setattr(oscquery, "SILENT_S", 0.05)
    server = start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=ANSWER_S) as tcp:
        tcp.sendall(b"GET / HT")
        assert tcp.recv(1000) == b""


def test_what_goes_wrong_here_is_said_once_and_tells_strangers_nothing(start, monkeypatch):
    words = []
    server = start(say=words.append)
    monkeypatch.setattr(server, "_query", lambda path, asked: 1 / 0)
    for _ in range(3):
        status, _, body = ask(server)
        assert status == 500
        assert b"Zero" not in body
    assert words == ["oscquery: ZeroDivisionError: division by zero"]


class StuckTransport:
    """A network that takes nothing while `full`."""

    full = False
    aborted = False

    def get_write_buffer_size(self):
        return oscquery.FULL_BYTES + 1 if self.full else 0

    def abort(self):
        self.aborted = True


class Heard:
    """A WebSocket that keeps what it is given."""

    def __init__(self):
        self.packets = []

    async def send_bytes(self, data):
        self.packets.append(data)


@pytest.fixture
def slow(bus, ring):
    """A client on a network that can be stopped, and what one tick has to say."""
    tree = oscquery.Tree()
    transport, socket = StuckTransport(), Heard()
    listener = oscquery._Listener(socket, transport)
    listener.obey(json.dumps({"COMMAND": "LISTEN", "DATA": BRIGHTNESS}), tree)
    values = oscquery.Values(bus, ring)

    def tick(now_s):
        asyncio.run(listener.send(oscquery._Packed(tree, values), now_s))
        return len(socket.packets)

    return transport, socket, tick


def test_a_slow_client_is_passed_over_and_then_gets_the_newest(slow, bus):
    transport, socket, tick = slow
    assert tick(0.0) == 1
    transport.full = True
    for i in range(100):
        bus.set("stage.brightness", i / 100)
        assert tick(0.01 * i) == 1  # nothing is kept for it
    transport.full = False
    assert tick(1.0) == 2
    [(_, value)] = said(socket.packets[-1])
    assert value == [pytest.approx(0.99)]
    assert not transport.aborted


def test_a_client_that_takes_nothing_for_long_is_cut_off(slow):
    transport, _, tick = slow
    transport.full = True
    tick(10.0)
    tick(10.0 + oscquery.PATIENCE_S)
    assert not transport.aborted
    tick(10.1 + oscquery.PATIENCE_S)
    assert transport.aborted


def test_a_hasty_client_gets_its_share_and_is_made_to_wait_for_more():
    listener = oscquery._Listener(Heard(), StuckTransport())
    n_free = sum(not listener.is_hasty() for _ in range(10 * oscquery.MESSAGES_A_SECOND))
    assert oscquery.MESSAGES_A_SECOND <= n_free < 2 * oscquery.MESSAGES_A_SECOND


def test_numbers_that_do_not_change_as_osc_says_them_are_not_sent_again(
    server, bus, ring, frame, frame_after
):
    ring.publish(frame, time.perf_counter())

    async def conversation(client):
        await client.command("LISTEN", LEVEL)
        await client.hear()
        for i in range(5):
            ring.publish(frame_after(frame, hops=i + 1), time.perf_counter() + i * HOP_S)
        level = frame.record["level"].copy()
        level[:] = np.float32(0.125)
        ring.publish(frame_after(frame, hops=6, level=level), time.perf_counter())
        assert await client.hear() == [(LEVEL, [0.125])]

    talk(server, conversation)


def test_a_bundle_may_hold_anything_that_a_message_may(server, bus):
    bundle = OscBundleBuilder(IMMEDIATELY)
    for content in ((BRIGHTNESS, 0.25), ("/nonsense", 1), ("/stemlight/ctl/agc/lock", True)):
        builder = OscMessageBuilder(content[0])
        builder.add_arg(content[1])
        bundle.add_content(builder.build())

    async def conversation(client):
        await client.socket.send_bytes(bundle.build().dgram)
        await until(lambda: bus.get("agc.lock") is True)

    talk(server, conversation)
    assert bus.get("stage.brightness") == 0.25
    assert (server.received, server.ignored) == (2, 1)
