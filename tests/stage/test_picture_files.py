import numpy as np
import pytest
from stemlight.errors import UserError
from stemlight.stage.picture_files import load_picture
from stemlight.stage.png import save_png


@pytest.mark.parametrize("shape", [(1, 1, 4), (7, 5, 4), (36, 64, 3)])
def test_what_is_saved_is_loaded(tmp_path, shape):
    picture = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    save_png(tmp_path / "a.png", picture)
    loaded = load_picture(tmp_path / "a.png")
    assert np.array_equal(loaded[..., : shape[2]], picture)
    assert loaded.shape == (*shape[:2], 4)


def test_another_reader_agrees(tmp_path):
    image = pytest.importorskip("PIL.Image")
    picture = np.random.default_rng(2).integers(0, 256, (9, 17, 4), dtype=np.uint8)
    save_png(tmp_path / "a.png", picture)
    assert np.array_equal(np.asarray(image.open(tmp_path / "a.png")), picture)


def test_what_is_no_picture_is_said(tmp_path):
    (tmp_path / "a.png").write_text("not a picture")
    for name in ("a.png", "gone.png"):
        with pytest.raises(UserError, match=name):
            load_picture(tmp_path / name)
    with pytest.raises(UserError, match="cannot write"):
        save_png(tmp_path / "no" / "a.png", np.zeros((2, 2, 4), np.uint8))
