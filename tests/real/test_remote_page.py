"""The remote page in a real browser, at the size of a phone, with a show behind it."""

import socket
import time
from contextlib import closing

import pytest
from phone import browser, phone
from running_show import attached, running_show, until
from stemlight.bus.controls import ControlBus

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not browser(), reason="needs Chromium (Debian: apt-get install chromium)"),
]

ONLINE = "document.body.className === 'online'"
SMALLEST_TARGET_PX = 44  # what a thumb hits (WCAG 2.5.5)
BOXES = """[...document.querySelectorAll('SELECTOR')].map((element) => {
    const box = element.getBoundingClientRect();
    return [element.id || element.className, box.left, box.top, box.right, box.bottom];
})"""
SIZES_PX = {"phone": (360, 740), "on its side": (740, 360), "tablet": (820, 1180), "desk": (1366, 768)}


@pytest.fixture(scope="module")
def show():
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        port = tcp.getsockname()[1]
    with running_show("--input", "test", "--no-stage", "--remote", str(port), "--seconds", "600") as show:
        show.url = f"http://127.0.0.1:{port}/"
        show.wait_for_frames(20)
        until(lambda: show.health.part("doors").words("remote"), "remote")
        yield show


@pytest.fixture(scope="module")
def controls(show):
    bus = until(lambda: attached(ControlBus, f"stemlight-{show.process.pid}-controls"), "controls")
    with closing(bus):
        yield bus


@pytest.fixture(scope="module")
def browser_phone():
    with phone() as page:
        yield page


@pytest.fixture
def page(browser_phone, show):
    browser_phone.resize(*SIZES_PX["phone"])
    browser_phone.open(show.url)
    browser_phone.until(f"{ONLINE} && document.querySelectorAll('.look').length > 0")
    return browser_phone


def test_lamps_and_meters_move_with_the_music(page):
    page.evaluate("""(() => {
        window.seen = { beats: new Set(), light: [], levels: {} };
        setInterval(() => {
            const now = document.querySelector('#bar .now');
            if (now) seen.beats.add(now.textContent);
            seen.light.push(+getComputedStyle(document.querySelector('#glow')).opacity);
            document.querySelectorAll('.stem').forEach((row) => {
                const width = row.querySelector('i').getBoundingClientRect().width;
                const of = seen.levels[row.firstChild.textContent] ||= { low: Infinity, high: 0 };
                of.low = Math.min(of.low, width); of.high = Math.max(of.high, width);
            });
        }, 20);
    })()""")
    page.until("seen.beats.size === 4")
    light = page.evaluate("[Math.min(...seen.light), Math.max(...seen.light)]")
    assert light[1] - light[0] > 0.3
    for stem in ("Drums", "Bass", "Voice", "Other"):
        page.until(f"seen.levels['{stem}'].high - seen.levels['{stem}'].low > 10")
    assert float(page.evaluate("document.querySelector('#bpm').textContent")) == pytest.approx(120.0, abs=1.0)


@pytest.mark.parametrize(
    ("button", "trigger"),
    [
        ("#tap", "beat.tap"),
        ("#resync", "beat.resync"),
        ("#next", "stage.next_preset"),
        ("#back", "stage.previous_preset"),
    ],
)
def test_a_button_fires_its_trigger_once_a_touch(page, controls, button, trigger):
    controls.fires(trigger)
    for _ in range(3):
        page.touch(button)
    fired = 0

    def three():
        nonlocal fired
        fired += controls.fires(trigger)
        return fired >= 3

    until(three, trigger)
    time.sleep(0.2)  # a fourth would come now
    assert fired + controls.fires(trigger) == 3


@pytest.mark.parametrize(
    ("button", "switch"),
    [("#blackout", "stage.blackout"), ("#freeze", "stage.freeze"), ("#lamp", "beat.lock")],
)
def test_a_switch_sets_its_control_and_shows_what_others_set(page, controls, button, switch):
    pressed = f"document.querySelector('{button}').getAttribute('aria-pressed') === "
    page.touch(button)
    until(lambda: controls.get(switch) is True, switch)
    assert page.evaluate(f"{pressed} 'true'")
    page.touch(button)
    until(lambda: controls.get(switch) is False, switch)
    page.evaluate(f"send('{switch.replace('.', '/')}', true)")  # as another phone would
    page.until(f"{pressed} 'true'")
    page.touch(button)
    until(lambda: controls.get(switch) is False, switch)


def test_the_slider_sets_the_brightness(page, controls):
    page.touch("#brightness", across=0.25)
    until(lambda: 0.1 < controls.get("stage.brightness") < 0.4, "a quarter of the light")
    page.touch("#brightness", across=0.99)
    until(lambda: controls.get("stage.brightness") == 1.0, "all the light")
    assert page.evaluate("document.querySelector('#light output').textContent") == "100 %"


def test_every_look_is_a_button_with_its_picture(page, controls):
    page.until("[...document.querySelectorAll('.look')].every((b) => b.style.backgroundImage)")
    for value in page.evaluate("[...document.querySelectorAll('.look')].map((b) => b.dataset.value)"):
        page.evaluate(
            f"document.querySelector('.look[data-value={value}]').scrollIntoView({{block: 'center'}})"
        )
        page.touch(f".look[data-value={value}]")
        until(lambda value=value: controls.get("stage.preset") == value, value)
        page.until(f"document.querySelector('.look[aria-pressed=true]').dataset.value === '{value}'")


def test_keys_do_what_they_do_in_the_window(page, controls):
    for key, code in (("b", "KeyB"), ("b", "KeyB")):
        before = controls.get("stage.blackout")
        page.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=code)
        page.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=code)
        until(lambda before=before: controls.get("stage.blackout") is not before, "blackout")


@pytest.mark.parametrize("size", SIZES_PX)
def test_everything_fits_and_can_be_hit(page, size):
    page.resize(*SIZES_PX[size])
    width, height = page.until("innerWidth && [innerWidth, innerHeight]")
    assert (width, height) == SIZES_PX[size]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = page.evaluate(BOXES.replace("SELECTOR", "button:not(.look), input, #lamp, .stem, #state"))
    for name, left, top, right, bottom in boxes:
        assert left >= 0, name
        assert top >= 0, name
        assert right <= width + 0.5, name
        assert bottom <= height + 0.5, name
        if name not in ("stem", "state"):
            assert min(right - left, bottom - top) >= SMALLEST_TARGET_PX, name
    looks = [box[1:] for box in page.evaluate(BOXES.replace("SELECTOR", ".look"))]
    for i, (left, top, right, bottom) in enumerate(looks):
        assert min(right - left, bottom - top) >= SMALLEST_TARGET_PX
        for other in looks[:i]:
            apart = left >= other[2] or other[0] >= right or top >= other[3] - 0.5 or other[1] >= bottom
            assert apart, "looks overlap"


def test_nothing_comes_from_elsewhere(page, show):
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert loaded
    assert all(address.startswith(show.url) for address in loaded)


def test_it_comes_back_by_itself_after_the_server_died(page, show, controls):
    page.evaluate("""(() => {
        window.wentOffline = false;
        const look = () => { wentOffline ||= document.body.className === 'offline'; };
        new MutationObserver(look).observe(document.body, { attributes: true });
    })()""")
    show.kill("doors")
    page.until("wentOffline")
    page.until(ONLINE)
    page.until("!!document.querySelector('#bar .now')")
    page.touch("#blackout")
    until(lambda: controls.get("stage.blackout") is True, "blackout")
    page.touch("#blackout")
    until(lambda: controls.get("stage.blackout") is False, "light")
