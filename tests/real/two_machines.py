"""Two machines on a network of their own: a show on one, a client that is not ours on the other.

Run as `unshare -n python two_machines.py`: what it does to the network ends with it. Prints what the client
found as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time

NETWORK = "10.98.76"
SERVER, CLIENT, STRANGER = f"{NETWORK}.1", f"{NETWORK}.2", f"{NETWORK}.3"
OSCQUERY, OSC = "_oscjson._tcp.local.", "_osc._udp.local."
PATIENCE_S = 30.0


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def join(device: str, *addresses: str) -> None:
    """This machine's end of the cable."""
    for address in addresses:
        ip("addr", "add", f"{address}/24", "dev", device)
    for name in ("lo", device):
        ip("link", "set", name, "up")
    ip("route", "add", "224.0.0.0/4", "dev", device)


def until(true, what):
    ends_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_s:
        if answer := true():
            return answer
        time.sleep(0.05)
    raise SystemExit(f"no {what} within {PATIENCE_S:.0f} s")


def show() -> None:
    ip("link", "add", "here", "type", "veth", "peer", "name", "there")
    # A network namespace's other half is whoever runs in it: a process that waits for its end of the cable.
    other = subprocess.Popen(
        ["unshare", "-n", sys.executable, __file__, "client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin and other.stdout
    assert other.stdout.readline() == "ready\n"
    ip("link", "set", "there", "netns", str(other.pid))
    join("here", SERVER)
    command = [sys.executable, "-m", "stemlight", "run", "--input", "test", "--no-stage"]
    command += ["--no-panel", "--seconds", "300"]
    command += ["--remote", "0.0.0.0:8000", "--osc-in", "0.0.0.0:9000", "--osc-allow", CLIENT]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert running.stderr
    try:
        said = ""
        while "the remote is at" not in said:
            said = running.stderr.readline()
            assert said, "the show ended"
        other.stdin.write("look\n")
        other.stdin.flush()
        found = json.loads(other.stdout.readline())
        running.terminate()
        running.wait(PATIENCE_S)
        found |= json.loads(other.stdout.readline())
    finally:
        running.kill()
        other.kill()
    print(json.dumps(found | {"said": said}))


def client() -> None:
    print("ready", flush=True)
    assert sys.stdin.readline() == "look\n"
    join("there", CLIENT, STRANGER)
    from pythonosc.udp_client import SimpleUDPClient
    from pythonoscquery.osc_query_browser import OSCQueryBrowser
    from pythonoscquery.osc_query_client import OSCQueryClient

    browser = OSCQueryBrowser()
    found = browser.listener
    until(lambda: found.oscjson_services and found.osc_services, "announcement")
    [service] = browser.get_discovered_oscquery()
    [osc] = browser.get_discovered_osc()
    asked = OSCQueryClient(service)
    info = asked.get_host_info()
    root = asked.query_node("/")

    def value(address: str) -> object:
        return asked.query_node(address).value

    def addresses(node: object) -> list[str]:
        below = node.contents or []
        return [address for child in below for address in addresses(child)] if below else [node.full_path]

    until(lambda: value("/stemlight/drums/level"), "frame")
    SimpleUDPClient(info.osc_ip, info.osc_port).send_message("/stemlight/ctl/stage/brightness", 0.25)
    until(lambda: value("/stemlight/ctl/stage/brightness") == [0.25], "brightness")
    stranger = http.client.HTTPConnection(SERVER, 8000, timeout=PATIENCE_S, source_address=(STRANGER, 0))
    stranger.request("GET", "/")
    result = {
        "name": service.name,
        "addresses": service.parsed_addresses(),
        "port": service.port,
        "osc_port": osc.port,
        "host_info": [info.name, info.osc_ip, info.osc_port],
        "access": int(asked.query_node("/stemlight/ctl/stage/brightness").access),
        "leaves": addresses(root),
        "stranger": stranger.getresponse().status,
    }
    print(json.dumps(result), flush=True)
    until(lambda: not found.oscjson_services and not found.osc_services, "good-bye")
    print(json.dumps({"said_good_bye": True}), flush=True)
    os._exit(0)  # the browser's thread would go on


if __name__ == "__main__":
    client() if sys.argv[1:] == ["client"] else show()
