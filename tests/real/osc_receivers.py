"""Programs that are not ours and a socket of our own, all sent the same: what each of them received."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pythonosc.osc_packet import OscPacket
from running_show import until

ROOM_BYTES = 1 << 23  # a socket's, so that what is lost was lost elsewhere


@dataclass(frozen=True)
class Received:
    """Messages by address."""

    feed: dict  # what the sender says
    packets: int  # that came to the socket
    expected: Counter
    oscdump: Counter
    pure_data: Counter


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        return udp.getsockname()[1]


def is_bound(port: int) -> bool:
    entry = f":{port:04X} "
    return any(entry in Path(table).read_text() for table in ("/proc/net/udp", "/proc/net/udp6"))


def receive_profile(profile: str, song: Path, seconds: float, folder: Path, start_s: float = 0.0) -> Received:
    """Feeds a song to oscdump, Pure Data and a socket, at the song's pace, and counts what came."""
    dump_port, pd_port = free_port(), free_port()
    patch = folder / "receive.pd"
    patch.write_text(_print_all(pd_port))
    with _Listening() as counted:
        receivers = {
            "oscdump": ("stdbuf", "-oL", "oscdump", "-L", str(dump_port)),
            "pd": ("pd", "-nogui", "-noaudio", "-nomidi", "-stderr", str(patch)),
        }
        running = []
        try:
            for name, command in receivers.items():
                with (folder / name).open("w") as out:
                    running.append(subprocess.Popen(command, stdout=out, stderr=out))
            until(lambda: is_bound(dump_port) and is_bound(pd_port), "receivers")
            command = [
                sys.executable,
                "-m",
                "stemlight",
                "feed",
                str(song),
                "--json",
                "--start",
                str(start_s),
            ]
            for port in (dump_port, pd_port, counted.port):
                command += ["--osc", f"127.0.0.1:{port}:{profile}"]
            fed = subprocess.run(
                [*command, "--seconds", str(seconds)],
                capture_output=True,
                text=True,
                check=True,
                timeout=seconds + 60,
            )
            feed = json.loads(fed.stdout)
            until(lambda: counted.packets >= feed["osc"][2]["packets"], "packets at the socket")
            wanted = counted.messages.total()
            for read in (_of_oscdump, _of_pure_data):
                _settle(lambda read=read: read(folder).total() >= wanted)
        finally:
            for process in running:
                process.kill()
                process.wait()
    return Received(feed, counted.packets, counted.messages, _of_oscdump(folder), _of_pure_data(folder))


class _Listening:
    """A socket that counts what comes, in a thread."""

    def __enter__(self) -> _Listening:
        self.messages: Counter = Counter()
        self.packets = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self._ended = False
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._ended:
            try:
                packet = self._socket.recv(65536)
            except TimeoutError:
                continue
            self.packets += 1
            self.messages.update(timed.message.address for timed in OscPacket(packet).messages)


def _settle(true) -> None:
    """Gives slow printers a moment; whether they made it is seen afterwards."""
    try:
        until(true, "messages", 10.0)
    except AssertionError:
        return


def _of_oscdump(folder: Path) -> Counter:
    """A line is: time tag, address, types, values."""
    lines = (line.split() for line in (folder / "oscdump").read_text().splitlines())
    return Counter(words[1] for words in lines if len(words) >= 4 and words[1].startswith("/"))


def _of_pure_data(folder: Path) -> Counter:
    """A line is: `osc: ` and the parts of the address, with the value behind."""
    found: Counter = Counter()
    for line in (folder / "pd").read_text().splitlines():
        if line.startswith("osc: "):
            words = line.removeprefix("osc: ").split()
            parts = [word for word in words if not _is_number(word)]
            found["/" + "/".join(parts)] += 1
    return found


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _print_all(port: int) -> str:
    """A patch that prints every message."""
    objects = (f"netreceive -u -b {port}", "oscparse", "list trim", "print osc")
    return (
        "#N canvas 0 0 450 300 12;\n"
        + "".join(f"#X obj 10 {10 + 30 * i} {name};\n" for i, name in enumerate(objects))
        + "".join(f"#X connect {i} 0 {i + 1} 0;\n" for i in range(len(objects) - 1))
    )
