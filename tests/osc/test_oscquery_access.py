"""Who may talk to the OSCQuery server."""

import pytest
from stemlight.errors import UserError
from stemlight.osc.oscquery_access import Guard, RemoteAddress, is_loopback, new_token, url

TOKEN = "one-two-three"


def refusal(guard, host="192.168.1.5:8000", origin=None, peer="192.168.1.9", shown=()):
    return guard.refusal(host=host, origin=origin, peer=peer, shown=shown)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("8000", "127.0.0.1", 8000),
        ("0.0.0.0:8000", "0.0.0.0", 8000),
        ("laptop.local:80", "laptop.local", 80),
        ("[::1]:8000", "::1", 8000),
    ],
)
def test_a_place_is_read(text, host, port):
    assert RemoteAddress.parse(text) == RemoteAddress(host, port)


@pytest.mark.parametrize(
    "text", ["", "x", ":8000", "127.0.0.1:", "1.2.3.4:0", "a:65536", "::1", "[]:80", "[::1:80"]
)
def test_a_place_that_is_none_is_a_user_error(text):
    with pytest.raises(UserError, match="HOST:PORT"):
        RemoteAddress.parse(text)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("laptop.local", False)],
)  # fmt: skip
def test_loopback_is_what_only_this_machine_reaches(host, alone):
    assert is_loopback(host) is alone


def test_a_token_opens_and_nothing_else_does():
    guard = Guard(TOKEN)
    assert refusal(guard, shown=[TOKEN]) is None
    assert refusal(guard, shown=["other", TOKEN]) is None
    for shown in ([], [""], ["one-two-thre"], [TOKEN + " "], ["ünïcode", "\udca6"]):
        assert "token" in refusal(guard, shown=shown)


def test_trusted_machines_and_networks_need_no_token():
    guard = Guard(TOKEN, trusted=["192.168.1.9", "10.0.0.0/8", "fe80::/10"])
    for peer in ("192.168.1.9", "10.1.2.3", "::ffff:192.168.1.9", "fe80::1%eth0"):
        assert refusal(guard, peer=peer) is None, peer
    for peer in ("192.168.1.8", "11.0.0.1", "", "nonsense"):
        assert refusal(guard, peer=peer) is not None, peer


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "",
        "127.0.0.1@evil.example",
        "127.0.0.1:8000/x",
        "127.0.0.1:99999",
        "[::1",
        "127.0.0.1.evil.example",
    ],
)
def test_a_name_that_was_made_to_point_here_is_refused(host):
    assert "name" in refusal(Guard(None, names=["laptop.local"]), host=host)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "localhost:8000",
        "LOCALHOST",
        "192.168.1.5",
        "[::1]:8000",
        "laptop.local:8000",
        "Laptop.local.",
    ],
)
def test_every_address_and_our_own_names_are_ours(host):
    assert refusal(Guard(None, names=["laptop.local"]), host=host) is None


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://192.168.1.5:8001", "http://192.168.1.5", "null", "", "http://[::1"],
)
def test_pages_of_other_sites_are_refused_even_with_the_token(origin):
    guard = Guard(TOKEN)
    assert "sites" in refusal(guard, origin=origin, shown=[TOKEN])
    assert refusal(guard, origin="http://192.168.1.5:8000", shown=[TOKEN]) is None


def test_tokens_differ_and_fit_into_an_address():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 16 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)
    assert url("::1", 80, None) == "http://[::1]:80/"
    assert url("10.0.0.1", 8000, "t") == "http://10.0.0.1:8000/?token=t"
