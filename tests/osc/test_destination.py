import errno
import os

import pytest
from stemlight.errors import UserError
from stemlight.osc.destination import SAY_EVERY_S, Destination
from stemlight.osc.outputs import OscDestination
from stemlight.osc.sender import OscSender


@pytest.mark.parametrize(
    ("text", "host", "port", "profile"),
    [
        ("127.0.0.1:9000", "127.0.0.1", 9000, "stemlight"),
        ("resolume.local:7000:spectra", "resolume.local", 7000, "spectra"),
        ("[::1]:9000", "::1", 9000, "stemlight"),
        ("[fe80::1]:9000:stemlight", "fe80::1", 9000, "stemlight"),
    ],
)
def test_destinations_are_read(text, host, port, profile):
    assert OscDestination.parse(text) == OscDestination(host, port, profile)


@pytest.mark.parametrize(
    "text",
    ["", "9000", "localhost", ":9000", "host:", "host:0", "host:65536", "host:http", "::1:9000", "[::1"],
)
def test_what_is_no_destination_is_one_clear_line(text):
    with pytest.raises(UserError, match="HOST:PORT"):
        OscDestination.parse(text)


def test_an_unknown_profile_is_one_clear_line():
    with pytest.raises(UserError, match="profile"):
        OscDestination.parse("localhost:9000:resolum")


class FakeSocket:
    """Fails as told, one error a send; the rest goes out."""

    def __init__(self, *_):
        self.sent = []
        self.errors = []
        self.closed = False

    def setblocking(self, _): ...
    def setsockopt(self, *_): ...
    def connect(self, _): ...

    def send(self, packet):
        if self.errors and (number := self.errors.pop(0)):
            raise OSError(number, os.strerror(number))
        self.sent.append(bytes(packet))

    def close(self):
        self.closed = True


@pytest.fixture
def sockets(monkeypatch):
    made = []

    def make(*arguments):
        made.append(FakeSocket(*arguments))
        return made[-1]

    monkeypatch.setattr("stemlight.osc.destination.socket.socket", make)
    return made


@pytest.fixture
def said():
    return []


@pytest.fixture
def destination(sockets, said):
    destination = Destination(OscDestination("127.0.0.1", 9000), said.append)
    destination.open()
    return destination


def test_a_refusal_of_an_earlier_packet_does_not_cost_this_one(destination, sockets):
    sockets[0].errors = [0, errno.ECONNREFUSED]
    destination.send([b"a", b"b"], 0.0)
    assert sockets[0].sent == [b"a", b"b"]
    assert (destination.packets, destination.errors) == (2, 1)


def test_trouble_is_said_once_a_minute_and_its_end_once(destination, sockets, said):
    for hop in range(3 * 60 * 86):
        sockets[0].errors = [errno.ECONNREFUSED, errno.ECONNREFUSED] if hop < 2 * 60 * 86 else []
        destination.send([b"a"], hop / 86)
    assert said == ["nobody listens at 127.0.0.1:9000"] * 2 + ["sending to 127.0.0.1:9000"]


def test_a_full_socket_drops_and_counts(destination, sockets, said):
    sockets[0].errors = [errno.EAGAIN]
    destination.send([b"a", b"b"], 0.0)
    assert sockets[0].sent == [b"b"]
    assert (destination.packets, destination.errors) == (1, 1)
    assert said == ["the network is too slow for 127.0.0.1:9000"]


def test_a_network_that_goes_away_is_opened_anew(destination, sockets, said):
    sockets[0].errors = [errno.ENETUNREACH]
    destination.send([b"a", b"b"], 0.0)
    assert sockets[0].closed
    assert not destination.is_open
    assert destination.errors == 2
    destination.open()
    destination.send([b"c"], SAY_EVERY_S / 2)
    assert sockets[1].sent == [b"c"]
    assert said == ["cannot reach 127.0.0.1:9000: Network is unreachable", "sending to 127.0.0.1:9000"]


def test_a_host_that_is_switched_off_keeps_its_socket(destination, sockets):
    sockets[0].errors = [errno.EHOSTUNREACH]
    destination.send([b"a", b"b"], 0.0)
    assert destination.is_open
    assert sockets[0].sent == [b"b"]


def test_a_name_that_is_not_found_is_said_and_counted(said):
    destination = Destination(OscDestination("no such host.invalid", 9000), said.append)
    destination.send([b"a"], 0.0)  # not looked up yet: nothing to say
    assert said == []
    destination.open()
    destination.send([b"a"], 1.0)
    assert destination.errors == 2
    assert said[0].startswith("cannot find no such host.invalid")


def test_one_bad_destination_costs_the_others_nothing(sockets, frame):
    sender = OscSender([OscDestination("127.0.0.1", 9000), OscDestination("127.0.0.1", 9001, "spectra")])
    sockets[0].errors = [errno.ECONNREFUSED] * 100
    sender.send(frame, frame.time_s)
    sender.close()
    bad, good = sender.destinations
    assert (bad.packets, good.errors) == (0, 0)
    assert good.packets == len(sockets[1].sent) == 4
