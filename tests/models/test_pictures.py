"""A run's log can be read back."""

from __future__ import annotations

from models.pictures import read_log


def test_quantities_that_began_later_have_their_own_steps(tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("# a head\nstep 10  loss 0.5000\nstep 20  loss 0.2500  level 1.0000\n")
    assert read_log(log) == {"loss": ([10, 20], [0.5, 0.25]), "level": ([20], [1.0])}
