"""What a screen shows of light, against numpy."""

import numpy as np
import pytest
from stemlight.stage.full_screen import WHITE_HALF_WAY, FullScreen


@pytest.fixture
def shown(screen):
    """Shows a picture, float (h, w, 4), bottom row first; returns 8 bits, likewise."""
    full_screen = FullScreen(screen.context)

    def show(picture: np.ndarray, dtype: str = "f4", **how: object) -> np.ndarray:
        data = picture.astype({"f4": np.float32, "f2": np.float16}[dtype])
        height, width = data.shape[:2]
        texture = screen.context.texture((width, height), 4, data.tobytes(), dtype=dtype)
        texture.filter = (screen.context.NEAREST, screen.context.NEAREST)
        screen.resize((width, height))
        full_screen.show(
            texture, screen.framebuffer, **{"brightness": 1.0, "keep_alpha": False, "tone_map": True, **how}
        )
        texture.release()
        return screen.read_rgba()[::-1]

    yield show
    assert screen.context.error == "GL_NO_ERROR"


def toned(light: np.ndarray) -> np.ndarray:
    """The law, in numpy."""
    most = np.maximum(light.max(axis=-1, keepdims=True), 1.0)
    white = (most - 1.0) / (most - 1.0 + WHITE_HALF_WAY)
    return light / most * (1.0 - white) + white


def random_light(brightest: float, shape=(36, 64)) -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.concatenate([rng.uniform(0.0, brightest, (*shape, 3)), np.ones((*shape, 1))], axis=-1)


def test_what_a_screen_can_show_is_left_as_it_is_to_the_bit(shown):
    light = random_light(1.0)
    light[:, :32, :3] = 1.0 - np.arange(32)[:, None] / 255.0  # and so is full white
    assert np.array_equal(shown(light, tone_map=True), shown(light, tone_map=False))


@pytest.mark.parametrize("brightness", [1.0, 0.37])
def test_light_above_one_is_toned_as_in_numpy(shown, brightness):
    light = random_light(12.0)
    expected = 255.0 * toned(light[..., :3]) * brightness
    picture = shown(light, brightness=brightness)[..., :3]
    assert np.abs(picture - expected).max() <= 1.0  # what dither adds
    assert np.abs((picture - expected).mean()) < 0.02


def test_the_hue_stays_on_the_way_to_white(shown):
    hue = np.array([1.0, 0.25, 0.05])
    light = np.ones((36, 64, 4))
    light[..., :3] = np.linspace(1.0, 40.0, 64)[:, None] * hue
    picture = shown(light)[..., :3].mean(axis=0)
    assert picture[0] == pytest.approx(255.0 * hue, abs=1.0)
    assert np.all(picture[:, 0] == 255.0)
    assert np.all(np.diff(picture[::8], axis=0)[:, 1:] > 0)  # ever whiter
    blue_share = (picture[:, 1] - picture[:, 2]) / (picture[:, 0] - picture[:, 2])
    assert blue_share[:48] == pytest.approx((hue[1] - hue[2]) / (hue[0] - hue[2]), abs=0.03)


def test_it_is_continuous_at_one(shown):
    below, above = np.ones((36, 64, 4)), np.ones((36, 64, 4))
    below[..., :3], above[..., :3] = (0.9995, 0.5, 0.2), (1.0005, 0.5, 0.2)
    assert np.abs(shown(below).astype(int) - shown(above)).max() <= 1


def test_no_numbers_are_black_and_infinity_is_white(shown):
    light = np.ones((36, 64, 4))
    light[:, :16, 0] = np.nan
    light[:, 16:32, :3] = np.inf
    light[:, 32:48, 1] = -np.inf
    picture = shown(light, dtype="f2")
    assert picture[:, :16, :3].max() == 0
    assert picture[:, 16:32].min() == 255
    assert picture[:, 32:48, :3].tolist() == np.broadcast_to([255, 0, 255], (36, 16, 3)).tolist()


def test_clipped_as_other_hosts_do_it(shown):
    light = random_light(3.0)
    picture = shown(light, tone_map=False)[..., :3]
    assert np.abs(picture - 255.0 * np.clip(light[..., :3], 0.0, 1.0)).max() <= 1.0
