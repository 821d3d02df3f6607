"""Who speaks: recordings that are free to learn from, in Debian packages and public repositories."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

from models.data.sources.debian_packages import unpacked
from models.data.voices.folders import sound_and_top
from models.data.voices.speech import Voice, analyse

ENOUGH_S = 150.0  # of speech from one speaker: some 500 syllables
FEWEST = 25  # syllables that make a singer
FEWEST_FILES = 12
SUFFIXES = (".ogg", ".wav", ".g722", ".webm", ".flac", ".opus")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Recordings of several speakers in one place."""

    name: str
    origin: str  # a Debian package, or the address of a git repository
    speaker: str  # pattern on the path below the root: its group 1 (and 2) name the speaker
    licence: str


BEASTS = "bull|chick|behem|dragon|flying|ghost"  # of MegaGlest's units
CALLS = "select|ack|attack|die"
CORPORA = (  # those with most to say first
    Corpus("fillets", "fillets-ng-data-cs", r"/sound/.*/(cs)/[^/]*?-([mv])-", "GPL-2+"),
    Corpus("fillets", "fillets-ng-data-nl", r"/sound/.*/(nl)/[^/]*?-([mv])-", "GPL-2+"),
    Corpus("alys", "https://github.com/oxygen-dioxide/ALYS-jpn-plus", r"/(C4)/", "GPL-3"),  # sung
    Corpus("rhasspy", "https://github.com/rhasspy/dataset-voice-kerstin", r"/(audio)/", "CC0-1.0"),
    *(
        Corpus("asterisk", f"asterisk-core-sounds-{language}-g722", r"/sounds/(\w+)/", "CC-BY-SA-3.0")
        for language in ("en", "es", "fr", "it", "ru")
    ),
    Corpus("hedgewars", "hedgewars-data", r"/Sounds/voices/(\w+)/", "GPL-2"),
    Corpus("tuxpaint", "tuxpaint-stamps-default", r"_desc_(\w+)\.ogg$", "GPL-2"),
    Corpus("klettres", "klettres-data", r"/klettres/(\w+)/(?:alpha|syllab)/", "GPL-2+"),
    Corpus("ktuberling", "ktuberling-data", r"/sounds/(\w+)/", "GPL-2+"),
    Corpus("freedroid", "freedroidrpg-data", r"/bot_sounds/(voice)_samples/", "GPL-2+"),
    Corpus("megaglest", "megaglest-data", rf"/units/(?!{BEASTS})(\w+)/sounds/\w*(?:{CALLS})", "CC-BY-SA-3.0"),
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person, and where to hear them."""

    name: str
    corpus: Corpus
    files: tuple[Path, ...]

    def voice(self, kept: Path, seed: int = 0) -> Voice:
        """The analysed voice; kept in the folder `kept`, since one analysis serves all songs."""
        path = kept / f"{self.name}.npz"
        if path.is_file():
            return Voice.load(path)
        kept.mkdir(parents=True, exist_ok=True)
        order = np.random.default_rng(seed).permutation(len(self.files))
        sounds, seconds = [], 0.0
        for number in order:
            try:
                sound, top_hz = sound_and_top(self.files[number])
            except UserError:
                continue  # one broken recording of hundreds
            sounds.append((sound, top_hz))
            seconds += len(sound) / SAMPLE_RATE
            if seconds > ENOUGH_S:
                break
        voice = analyse(sounds)
        voice.save(path)
        return voice


def speakers(corpus: Corpus, downloads: Path) -> list[Speaker]:
    """All speakers of a corpus, which is fetched on the first call. UserError if it cannot be had."""
    root = (
        _repository(corpus.origin, downloads)
        if "://" in corpus.origin
        else unpacked(corpus.origin, downloads)
    )
    files: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*")):
        found = re.search(corpus.speaker, path.as_posix())
        if found and path.suffix in SUFFIXES and path.is_file():
            files.setdefault("_".join([corpus.name, *found.groups()]).lower(), []).append(path)
    return [
        Speaker(name, corpus, tuple(paths))
        for name, paths in sorted(files.items())
        if len(paths) >= FEWEST_FILES
    ]


def _repository(address: str, downloads: Path) -> Path:
    folder = downloads / address.rsplit("/", 1)[-1]
    if folder.is_dir():
        return folder
    if not shutil.which("git"):
        raise UserError(f"no git here; put {address} into {folder} by hand, or leave its source out")
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    command = ["git", "clone", "-q", "--depth", "1", address, str(part)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"{address} cannot be cloned: {done.stderr.strip()[-200:]}")
    part.replace(folder)
    return folder
