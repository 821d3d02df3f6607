import numpy as np
import soundfile
from stemlight.analysis.feature_frame import STEMS
from stemlight.offline.split import split


def test_stems_sum_to_the_song_sample_for_sample(song, tmp_path):
    paths = split(song, tmp_path / "stems", lambda done_s, total_s: None)
    assert [path.stem for path in paths] == list(STEMS)
    mix, _ = soundfile.read(song, dtype="float32")
    stems = [soundfile.read(path, dtype="float32")[0] for path in paths]
    assert all(stem.shape == mix.shape for stem in stems)
    assert np.abs(np.sum(stems, axis=0) - mix).max() < 1e-5


def test_splitting_is_not_copying(song, tmp_path):
    """Each stem is something else than the mix, scaled."""
    paths = split(song, tmp_path / "stems", lambda done_s, total_s: None)
    mix, _ = soundfile.read(song, dtype="float32")
    for path in paths:
        stem, _ = soundfile.read(path, dtype="float32")
        assert np.corrcoef(stem[:, 0], mix[:, 0])[0, 1] < 0.999
