"""Every profile reaches programs that are not ours whole, from `stemlight feed`; and the patch shows it."""

import json
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from osc_receivers import free_port, is_bound, receive_profile
from running_show import until
from stemlight.osc.profiles import PROFILES, address_table
from stemlight.resources import demo_song

pytestmark = pytest.mark.real

PATCH = Path(__file__).parents[2] / "packaging" / "patches" / "stemlight.pd"
needs_pd = pytest.mark.skipif(not shutil.which("pd"), reason="needs Pure Data (Debian: puredata-core)")
SECONDS = 6.0
BEAT_IS_SURE_S = 30.0  # into the demo song


@needs_pd
@pytest.mark.skipif(not shutil.which("oscdump"), reason="needs oscdump (Debian: liblo-tools)")
@pytest.mark.parametrize("profile", PROFILES)
def test_oscdump_and_pure_data_receive_every_message(profile, tmp_path):
    received = receive_profile(profile, demo_song(), SECONDS, tmp_path, BEAT_IS_SURE_S)
    assert received.packets == received.feed["osc"][2]["packets"]
    assert received.oscdump == received.expected
    assert received.pure_data == received.expected
    sent = {row.address for row in address_table(profile) if row.sent != "event"}
    assert sent <= set(received.expected)
    assert received.feed["hops"] == round(SECONDS * 44_100 / 512)


@needs_pd
def test_the_patch_shows_what_is_heard(tmp_path):
    port, names = free_port(), ("bpm", "beat", "bar", "in-bar", "drums", "vocals-hits", "kick", "intensity")
    probe = tmp_path / "probe.pd"
    lines = ["#N canvas 0 0 450 300 12;"]
    for i, name in enumerate(names):
        lines += [f"#X obj {80 * i} 10 r stemlight-{name};", f"#X obj {80 * i} 40 print {name};"]
    lines += [f"#X connect {2 * i} 0 {2 * i + 1} 0;" for i in range(len(names))]
    probe.write_text("\n".join(lines) + "\n")
    out = tmp_path / "pd"
    command = ["pd", "-nogui", "-noaudio", "-nomidi", "-open", PATCH, "-open", probe]
    with out.open("w") as file:
        pd = subprocess.Popen(
            [*command, "-send", f"stemlight-port {port}"], stdout=file, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: is_bound(port), "patch")
        feed("--osc", f"127.0.0.1:{port}", "--start", str(BEAT_IS_SURE_S), "--seconds", str(SECONDS))
        until(lambda: out.read_text().count("bpm: ") >= 500, "numbers in the patch")
    finally:
        pd.kill()
        pd.wait()
    shown = {name: [] for name in names}
    for line in out.read_text().splitlines():
        name, _, value = line.partition(": ")
        assert name in shown, line  # no complaint of Pd's
        shown[name].append(value)
    assert 60 < float(shown["bpm"][-1]) < 200
    assert 8 <= len(shown["beat"]) <= 20 and set(shown["beat"]) == {"bang"}
    assert 2 <= len(shown["bar"]) <= 5
    assert set(shown["in-bar"]) == {"0", "1", "2", "3"}
    assert len(shown["kick"]) >= 4
    levels = [float(value) for value in shown["drums"]]
    assert 0.0 <= min(levels) < max(levels) <= 1.0


def feed(*arguments: str) -> dict:
    """What `stemlight feed` of the demo song says it sent."""
    command = [sys.executable, "-m", "stemlight", "feed", str(demo_song()), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def test_a_feed_needs_no_sound_card_and_no_window():
    script = (
        "import sys\n"
        "from stemlight import cli\n"
        "code = cli.main(sys.argv[1:])\n"
        "loaded = {'sounddevice', 'moderngl', 'glfw', 'PyQt6'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "sys.exit(code)\n"
    )
    arguments = ["feed", str(demo_song()), "--osc", "127.0.0.1:9", "--seconds", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["hops"] == 86


def test_a_loop_goes_on_until_ctrl_c_and_lets_go_of_its_triggers(tmp_path):
    song = tmp_path / "short.wav"
    subprocess.run(
        [sys.executable, "-c", "import sys, soundfile; s, r = soundfile.read(sys.argv[1], stop=44100);"
         "soundfile.write(sys.argv[2], s, r)", str(demo_song()), str(song)], check=True,
    )  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(30.0)
        process = subprocess.Popen(
            [sys.executable, "-m", "stemlight", "feed", str(song), "--loop", "--json",
             "--osc", f"127.0.0.1:{udp.getsockname()[1]}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for _ in range(700):  # 2.4 s: more than the song is long
            udp.recv(65536)
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=20)
    assert process.returncode == 0 and wrong == ""
    assert json.loads(said)["hops"] > 170
