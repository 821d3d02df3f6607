"""A sound card of paper: a private PulseAudio with a null sink, seen through ALSA and PortAudio.

    from pulse import PrivatePulse, pulse  # noqa: F401 - the fixture

    def test_x(pulse: PrivatePulse):
        with pulse.playing(samples):                    # int16 (n, 2), into the sink `vj`
            open_input(pulse.CAPTURE) ...               # its monitor, to the bit what was played

Everything lives in a temporary folder and in the environment of the test process, which processes started
from it inherit; the user's own sound server, ALSA settings and cookies are never touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

SYSTEM_ALSA = Path("/usr/share/alsa/alsa.conf")
START_TIMEOUT_S = 20.0


class PrivatePulse:
    """One PulseAudio server of our own. Its null sink `vj` is the default; `vjmon` is what it plays."""

    CAPTURE = "vjmon"  # PortAudio's name of the sink's monitor
    RATE_HZ = 44_100

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runtime = folder / "run"
        self.runtime.mkdir(mode=0o700, parents=True)
        self._server: subprocess.Popen[bytes] | None = None
        socket = self.runtime / "pulse" / "native"
        config = folder / "alsa.conf"
        config.write_text(
            f"<{SYSTEM_ALSA}>\n"
            "pcm.!default { type pulse }\n"
            "ctl.!default { type pulse }\n"
            f"pcm.{self.CAPTURE} {{\n"
            '  type pulse\n  device "vj.monitor"\n  hint { show on description "monitor" }\n}\n'
        )
        self.environment = {
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_COOKIE": str(folder / "cookie"),
            "ALSA_CONFIG_PATH": str(config),
        }
        self._socket = socket

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._socket.parent.mkdir(mode=0o700, exist_ok=True)
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        command += ["--realtime=no", "--high-priority=no", "--disable-shm=yes"]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}"]
        command += ["-L", f"module-null-sink sink_name=vj rate={self.RATE_HZ} channels=2"]
        command += ["-L", "module-always-sink"]
        environment = {**os.environ, **self.environment, "HOME": str(self.folder)}
        with (self.folder / "pulse.log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while self._pactl("info").returncode:
            if self._server.poll() is not None or time.monotonic() > deadline_s:
                pytest.skip(f"PulseAudio does not start: {(self.folder / 'pulse.log').read_text()[-200:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End the server as a crash would."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        self._socket.unlink(missing_ok=True)

    def unplug(self) -> None:
        """Take the sink away, and its monitor with it."""
        modules = self._pactl("list", "short", "modules").stdout.decode().splitlines()
        number = next(line.split()[0] for line in modules if "sink_name=vj" in line)
        assert self._pactl("unload-module", number).returncode == 0

    def plug(self) -> None:
        """Bring the sink back as the default."""
        arguments = ["sink_name=vj", f"rate={self.RATE_HZ}", "channels=2"]
        assert self._pactl("load-module", "module-null-sink", *arguments).returncode == 0
        assert self._pactl("set-default-sink", "vj").returncode == 0

    @contextlib.contextmanager
    def playing(self, samples: np.ndarray) -> Iterator[subprocess.Popen[bytes]]:
        """Let `samples`, int16 (n, 2), be played into the sink, once."""
        assert samples.dtype == np.int16
        raw = self.folder / f"play-{time.monotonic_ns()}.raw"
        samples.tofile(raw)
        command = ["pacat", "--playback", "--raw", "--format=s16le", f"--rate={self.RATE_HZ}", "--channels=2"]
        command += ["--latency-msec=1000", "-d", "vj"]
        with raw.open("rb") as file:
            player = subprocess.Popen(command, stdin=file, env={**os.environ, **self.environment})
        try:
            yield player
        finally:
            player.kill()
            player.wait()
            raw.unlink()

    def _pactl(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, **self.environment}
        return subprocess.run(
            ["pactl", *arguments], capture_output=True, env=environment, check=False, timeout=30
        )


@pytest.fixture(scope="module")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivatePulse]:
    """A running server, and the environment of this process pointing to it. Skips where a part is missing."""
    for binary in ("pulseaudio", "pactl", "pacat"):
        if shutil.which(binary) is None:
            pytest.skip(f"no {binary} here (apt install pulseaudio pulseaudio-utils)")
    if not SYSTEM_ALSA.is_file():
        pytest.skip(f"no {SYSTEM_ALSA} here (apt install libasound2-data)")
    server = PrivatePulse(tmp_path_factory.mktemp("pulse"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        server.start()
        try:
            _must_be_seen(server)
            yield server
        finally:
            server.kill()


def _must_be_seen(server: PrivatePulse) -> None:
    from stemlight.audio.devices import list_devices
    from stemlight.errors import UserError

    try:
        names = [device.name for device in list_devices()]
    except UserError as error:
        pytest.skip(str(error))
    if server.CAPTURE not in names:
        pytest.skip(f"PortAudio sees no PulseAudio device, only {names} (apt install libasound2-plugins)")
