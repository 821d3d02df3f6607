"""The remote page stands alone, and its colours are told apart by everyone."""

import itertools
import re

import numpy as np
import pytest
from stemlight.osc.oscquery import PAGE

STEMS = ("drums", "bass", "vocals", "other")
# Severity 1.0, linear RGB: Machado, Oliveira and Fernandes, IEEE TVCG 15(6), 2009, table 1.
SEES = {
    "everything": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TOLD_APART = 25.0  # CIE76; 2.3 is just noticeable side by side, ten times that at a glance and far apart


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def linear_rgb(colour):
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear sRGB under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def colour_of(page, name):
    return re.search(rf"--{name}: (#[0-9a-f]{{6}});", page)[1]


@pytest.mark.parametrize("sight", SEES)
def test_the_four_stems_are_told_apart(page, sight):
    seen = {stem: lab(SEES[sight] @ linear_rgb(colour_of(page, stem))) for stem in STEMS}
    for one, other in itertools.combinations(STEMS, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > TOLD_APART, (one, other)


@pytest.mark.parametrize("words", ["ink", "quiet", "warn", *STEMS])
def test_what_is_written_and_shown_stands_out_from_the_ground(page, words):
    def luminance(name):
        return float(linear_rgb(colour_of(page, name)) @ [0.2126, 0.7152, 0.0722])

    contrast = (luminance(words) + 0.05) / (luminance("ground") + 0.05)
    assert contrast > (4.5 if words in ("ink", "quiet", "warn") else 3.0)  # WCAG AA: text, graphics


def test_the_page_is_one_file_that_asks_nobody_else(page):
    assert not re.search(r"""(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:)?//""", page)
    assert not re.search(r"@import|<iframe|<script [^>]*src|eval\(|new Function", page)
    assert len(page) < 40_000
