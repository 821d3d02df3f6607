"""Strobes of all kinds go in, and a judge that knows nothing of the limiter counts what comes out."""

import numpy as np
import pytest
from flash_judge import flashes_a_second
from stemlight.stage.flash_limiter import FlashLimiter
from stemlight.stage.full_screen import FullScreen
from stemlight.stage.offscreen import OffscreenContext

WIDTH, HEIGHT = 128, 72  # one pixel a cell
X, Y = np.meshgrid((np.arange(WIDTH) + 0.5) / WIDTH, (np.arange(HEIGHT) + 0.5) / HEIGHT)
BLACK, WHITE, RED, BLUE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
TOO_MANY = 3.0  # flashes a second


class Screens:
    """Shows pictures, float (h, w, 3) in [0, 1], with the limiter and without."""

    def __init__(self, screen: OffscreenContext) -> None:
        self.screen = screen
        self.plain, self.limiter = FullScreen(screen.context), FlashLimiter(screen.context)

    def show(self, picture: np.ndarray, delta_s: float, brightness: float = 1.0) -> tuple[np.ndarray, ...]:
        height, width = picture.shape[:2]
        data = np.concatenate([picture, np.ones((height, width, 1))], axis=-1).astype(np.float16)
        texture = self.screen.context.texture((width, height), 4, data.tobytes(), dtype="f2")
        texture.repeat_x = texture.repeat_y = False
        self.plain.show(texture, self.screen.framebuffer, brightness, keep_alpha=False, tone_map=True)
        plain = self.screen.read_rgba()
        self.limiter.show(texture, self.screen.framebuffer, brightness, delta_s)
        limited = self.screen.read_rgba()
        texture.release()
        return plain, limited

    def play(self, film, seconds: float, fps: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """`film`: from seconds to a picture or a colour. What would have been shown, and what was."""
        shown = []
        for index in range(round(seconds * fps)):
            picture = np.broadcast_to(np.asarray(film(index / fps), float), (HEIGHT, WIDTH, 3))
            shown.append(self.show(picture, 1.0 / fps if index else 0.0))
        plain, limited = zip(*shown, strict=True)
        return list(plain), list(limited)


@pytest.fixture(scope="module")
def one_context():
    with OffscreenContext((WIDTH, HEIGHT)) as screen:  # compiling takes longer than most of the tests
        yield Screens(screen)


@pytest.fixture
def screens(one_context):
    one_context.limiter.reset()
    yield one_context
    assert one_context.screen.context.error == "GL_NO_ERROR"


def strobe(hz: float, off=BLACK, on=WHITE, where=None):
    """Square waves; within `where` if given, else everywhere."""

    def film(time_s: float) -> np.ndarray:
        is_on = (time_s * hz + 1e-9) % 1.0 < 0.5
        full = np.broadcast_to(on if is_on else off, (HEIGHT, WIDTH, 3))
        return full if where is None else np.where(where[..., None], full, off)

    return film


def checkers(hz: float, n: int = 8):
    """A board whose fields change colour, so that the whole is always as bright."""
    board = (np.floor(X * 2 * n) + np.floor(Y * n)) % 2

    def film(time_s: float) -> np.ndarray:
        is_on = (time_s * hz + 1e-9) % 1.0 < 0.5
        return np.repeat((board if is_on else 1.0 - board)[..., None], 3, axis=-1)

    return film


def worst(pictures, fps: float) -> float:
    return max(flashes_a_second(pictures, fps), flashes_a_second(pictures, fps, red=True))


STROBES = {
    "5 Hz": strobe(5.0),
    "10 Hz": strobe(10.0),
    "15 Hz": strobe(15.0),
    "just too fast": strobe(3.75),
    "gray": strobe(7.5, (0.4,) * 3, (0.75,) * 3),
    "a third": strobe(10.0, where=X < 0.34),
    "dark on a bright ground": strobe(6.0, WHITE, BLACK, where=np.hypot(X - 0.5, Y - 0.5) < 0.4),
    "a board": checkers(10.0),
    "red and blue": strobe(5.0, RED, BLUE),
    "red and as bright a gray": strobe(6.0, (0.8, 0.0, 0.0), (0.39,) * 3),
    "a sine": lambda time_s: (0.5 + 0.5 * np.sin(2 * np.pi * 6.0 * time_s),) * 3,
    "a sweep": lambda time_s: np.repeat((np.sin(2 * np.pi * (8.0 * time_s + X)) > 0)[..., None], 3, axis=-1),
    "bursts": lambda time_s: strobe(10.0)(time_s) if time_s % 1.5 < 0.6 else BLACK,
    "noise": lambda time_s: np.random.default_rng(round(60 * time_s)).uniform(size=(6, 8, 1)).repeat(
        HEIGHT // 6, 0).repeat(WIDTH // 8, 1).repeat(3, 2),
}  # fmt: skip


@pytest.mark.parametrize("fps", [60.0, 30.0])
@pytest.mark.parametrize("film", STROBES.values(), ids=STROBES.keys())
def test_no_strobe_flashes_more_than_three_times_a_second(screens, film, fps):
    plain, limited = screens.play(film, 2.0, fps)
    assert worst(plain, fps) > TOO_MANY
    assert worst(limited, fps) <= TOO_MANY


def smooth_noise(time_s: float) -> np.ndarray:
    waves = [np.sin(9 * X + 5 * time_s), np.sin(7 * Y - 4 * time_s), np.sin(6 * (X + Y) + 3 * time_s)]
    return 0.5 + 0.4 * np.stack(waves, axis=-1)


HARMLESS = {
    "one flash": lambda time_s: WHITE if 1.0 <= time_s < 1.1 else BLACK,
    "three flashes": lambda time_s: strobe(10.0)(time_s) if time_s < 0.3 else BLACK,
    "three a second": strobe(3.0),
    "a slow fade": lambda time_s: (0.5 - 0.5 * np.cos(time_s * np.pi),) * 3,
    "a quick strobe of a fifth": strobe(15.0, where=X < 0.2),
    "a faint strobe": strobe(15.0, (0.5,) * 3, (0.55,) * 3),
    "a strobe of what is bright anyway": strobe(10.0, (0.93,) * 3, WHITE),
    "a drift of colours": smooth_noise,
    "cuts twice a second": lambda time_s: smooth_noise(40.0 * np.floor(2.0 * time_s)),
}


@pytest.mark.parametrize("fps", [60.0, 30.0])
@pytest.mark.parametrize("film", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_does_not_flash_is_shown_to_the_bit(screens, film, fps):
    for plain, limited in zip(*screens.play(film, 2.0, fps), strict=True):
        assert np.array_equal(plain, limited)


def test_it_stays_a_picture_while_it_is_held_and_comes_back_smoothly(screens):
    still = smooth_noise(0.0) * 0.8

    def film(time_s: float) -> np.ndarray:
        return np.ones((HEIGHT, WIDTH, 3)) if time_s < 2.0 and strobe(10.0)(time_s).any() else still

    plain, limited = screens.play(film, 5.0, 60.0)
    held = limited[100][..., :3] / 255.0
    assert np.corrcoef(held.ravel(), still[::-1].ravel())[0, 1] > 0.8
    back = np.array([np.abs(a.astype(float) - b).mean() for a, b in zip(plain, limited, strict=True)])[121:]
    assert back[0] > 5.0
    assert np.all(np.diff(back) < 0.05)  # never further away
    assert np.all(np.abs(np.diff([picture.mean() for picture in limited[121:]])) < 6.0)
    assert back[135:].max() == 0.0  # and after two seconds and a bit it is the picture to the bit


def test_what_does_not_flash_goes_on_beside_what_does(screens):
    strobing = strobe(10.0, where=X < 0.5)

    def film(time_s: float) -> np.ndarray:
        return np.where((X < 0.45)[..., None], strobing(time_s), smooth_noise(time_s))

    for plain, limited in zip(*screens.play(film, 2.0, 60.0), strict=True):
        assert np.array_equal(plain[:, 70:], limited[:, 70:])


def test_the_same_pictures_at_the_same_moments_come_out_the_same(screens):
    first = screens.play(STROBES["a sweep"], 1.5, 60.0)[1]
    screens.limiter.reset()
    second = screens.play(STROBES["a sweep"], 1.5, 60.0)[1]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_brightness_and_light_above_one_are_judged_as_they_are_seen(screens):
    def shown(on: float, blackout: bool) -> list[tuple[np.ndarray, ...]]:
        films = []
        for index in range(120):
            light = np.full((HEIGHT, WIDTH, 3), 20.0 * (blackout or index % 6 < 3))
            films.append(screens.show(light, 1.0 / 60.0, on * (not blackout or index % 6 < 3)))
        return films

    for plain, limited in shown(0.25, blackout=False):
        assert np.array_equal(plain, limited)  # a quarter of white is but a twentieth of its light
    plain, limited = zip(*shown(1.0, blackout=True), strict=True)
    assert worst(plain, 60.0) > TOO_MANY  # a blackout key that is hammered
    assert worst(limited, 60.0) <= TOO_MANY


def test_a_new_size_does_not_forget_what_was_shown(screens):
    film, shown = strobe(10.0), []
    for index in range(180):
        side = 1.0 if index % 60 < 30 else 0.5
        size = (round(HEIGHT * side), round(WIDTH * side))
        picture = np.broadcast_to(film(index / 60.0)[:1, :1], (*size, 3))
        shown.append(screens.show(picture, 1.0 / 60.0)[1])
    assert worst(shown, 60.0) <= TOO_MANY


@pytest.mark.parametrize(("hz", "flashes"), [(1.0, 1.0), (3.0, 3.0), (7.5, 7.5)])
def test_the_judge_counts_right(hz, flashes):
    film = [np.full((8, 8, 3), 255.0 * ((i * hz / 60.0 + 1e-9) % 1.0 < 0.5)) for i in range(180)]
    assert flashes_a_second(film, 60.0) == flashes
    a_quarter = [np.where(np.arange(8)[:, None, None] < 2, picture, 0.0) for picture in film]
    assert flashes_a_second(a_quarter, 60.0) == 0.0  # and not over one
