"""Well-known data sets become song folders: MUSDB18, Slakh, Groove MIDI and E-GMD with sound.

Where each song is a folder with `drums.wav`, `bass.wav` ... (MUSDB18-HQ, your own) it is read as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS
from stemlight.errors import UserError

from models.data.build import Job, NoSongError, Source
from models.data.composer.song import Song, write_song
from models.data.midi_file import DRUM_CHANNEL, MidiFile
from models.data.songs import Beats, index, read_mono
from models.data.sources.general_midi import beats_of, hits_in, timed_messages
from models.data.sources.soundfont import TimedMessage

SHORTEST_S = 10.0
MUSDB18_STREAMS = ("mixture", "drums", "bass", "other", "vocals")
_SLAKH_STEMS = {"drums": "drums", "bass": "bass"}  # all other classes are "other"; nobody sings in Slakh


def adopt(root: Path) -> Source:
    """The source that `root` is. UserError if it is none of those above."""
    if not root.is_dir():
        raise UserError(f"{root}: no such folder")
    for name, find in _LAYOUTS.items():
        jobs = list(find(root))
        if jobs:
            return Source(name, f"{root}", "the data set's own", lambda amounts: jobs)  # noqa: B023 - returned
    if index([root]):
        raise UserError(f"{root} is read as it is: give it to `python -m models train --songs`")
    raise UserError(
        f"{root}: neither *.stem.mp4 (MUSDB18), nor folders with metadata.yaml and stems/ (Slakh), nor a "
        "table of audio_filename and midi_filename (Groove MIDI, E-GMD), nor song folders"
    )


@dataclass(frozen=True, slots=True)
class Musdb18Song:
    """One file of five streams."""

    path: Path

    @property
    def name(self) -> str:
        """musdb18_a_classic_education_nightowl"""
        return "musdb18_" + _plain(self.path.name.removesuffix(".stem.mp4"))

    def write(self, folder: Path) -> None:
        """Its four stems. NoSongError if it has other streams."""
        streams = read_streams(self.path)
        if len(streams) != len(MUSDB18_STREAMS):
            raise NoSongError(f"{len(streams)} streams, not {len(MUSDB18_STREAMS)}")
        by_name = dict(zip(MUSDB18_STREAMS, streams, strict=True))
        stems = _stacked({name: by_name[name] for name in STEMS})
        artist, _, title = self.path.name.removesuffix(".stem.mp4").partition(" - ")
        meta = {
            "title": title or artist, "artist": artist, "source": "MUSDB18", "real": True,
            "licence": "MUSDB18's own, one a song",
        }  # fmt: skip
        write_song(Song(stems, Beats.none(), None, meta), folder)


@dataclass(frozen=True, slots=True)
class SlakhSong:
    """One track folder."""

    path: Path

    @property
    def name(self) -> str:
        """slakh_track00001"""
        return "slakh_" + _plain(self.path.name)

    def write(self, folder: Path) -> None:
        """Stems by class of instrument, beats and hits of its MIDI."""
        stems: dict[str, np.ndarray] = {}
        drum_messages: list[TimedMessage] = []
        for stem, about in slakh_stems(self.path / "metadata.yaml").items():
            sound = next((self.path / "stems").glob(f"{stem}.*"), None)
            if sound is None:  # Slakh leaves out what was too soft
                continue
            drums = about.get("is_drum", "").lower() == "true"
            name = "drums" if drums else _SLAKH_STEMS.get(about.get("inst_class", "").lower(), "other")
            stems[name] = _sum(stems.get(name), read_mono(sound))
            midi = self.path / "MIDI" / f"{stem}.mid"
            if drums and midi.is_file():
                drum_messages += _as_drums(MidiFile.read(midi))
        if not stems:
            raise NoSongError("no stems")
        stacked = _stacked(stems)
        score = self.path / "all_src.mid"
        beats = Beats.none()
        if score.is_file():
            try:
                beats = beats_of(MidiFile.read(score))
            except NoSongError:
                beats = Beats.none()  # without a beat it may still be learnt to be separated
        hits = None
        if drum_messages or "drums" not in stems:
            drum_messages.sort(key=lambda message: message.time_s)
            hits = hits_in(drum_messages, 0.0, stacked.shape[1] / SAMPLE_RATE)
        meta = {"title": self.path.name, "source": "Slakh2100", "licence": "CC-BY-4.0", "real": False}
        write_song(Song(stacked, beats, hits, meta), folder)


@dataclass(frozen=True, slots=True)
class DrummingTake:
    """One recorded performance of Groove MIDI or E-GMD: drums alone."""

    root: Path
    audio: str
    midi: str
    session: str
    tempo_bpm: float
    beats_per_bar: int

    @property
    def name(self) -> str:
        """egmd_drummer1_session1_78_jazz_fast_290_beat_4_4_1"""
        return "egmd_" + _plain(str(Path(self.audio).with_suffix("")))

    def write(self, folder: Path) -> None:
        """Drums, hits of its MIDI, beats of its click."""
        drums = read_mono(self.root / self.audio)
        messages = _as_drums(MidiFile.read(self.root / self.midi))
        length_s = len(drums) / SAMPLE_RATE
        number = np.arange(int(length_s * self.tempo_bpm / 60))
        beats = Beats(number * 60 / self.tempo_bpm, number % self.beats_per_bar + 1)
        meta = {
            "title": Path(self.audio).stem, "artist": self.session.split("/")[0], "real": True,
            "source": "Groove MIDI or E-GMD", "licence": "CC-BY-4.0",
        }  # fmt: skip
        hits = hits_in(messages, 0.0, length_s)
        write_song(Song(_stacked({"drums": drums}), beats, hits, meta), folder)


def read_streams(path: Path) -> list[np.ndarray]:
    """Every stream of sound in the file, each float32 (n_samples,), the mean of its channels."""
    import av

    try:
        with av.open(str(path)) as container:
            resamplers = {
                stream.index: av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
                for stream in container.streams.audio
            }
            pieces: dict[int, list[np.ndarray]] = {index: [] for index in resamplers}
            for packet in container.demux(container.streams.audio):
                for frame in packet.decode():
                    for part in resamplers[packet.stream.index].resample(frame):
                        pieces[packet.stream.index].append(part.to_ndarray().mean(axis=0))
            for number, resampler in resamplers.items():
                pieces[number] += [part.to_ndarray().mean(axis=0) for part in resampler.resample(None)]
    except (av.FFmpegError, OSError) as error:
        raise UserError(f"{path}: cannot be read as sound ({error})") from error
    return [np.concatenate(parts).astype(np.float32) for parts in pieces.values()]


def slakh_stems(path: Path) -> dict[str, dict[str, str]]:
    """What Slakh's metadata.yaml says of each stem; it has two levels and plain words only."""
    stems: dict[str, dict[str, str]] = {}
    inside, current = False, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        indent = len(line) - len(line.lstrip())
        key, _, value = (part.strip().strip("'\"") for part in line.partition(":"))
        if indent == 0:
            inside = key == "stems"
        elif inside and not value and re.fullmatch(r"S\d+", key):
            current = key
            stems[current] = {}
        elif inside and current:
            stems[current][key] = value
    return stems


def _musdb18(root: Path) -> Iterator[Musdb18Song]:
    yield from map(Musdb18Song, sorted(root.rglob("*.stem.mp4")))


def _slakh(root: Path) -> Iterator[SlakhSong]:
    for path in sorted(root.rglob("metadata.yaml")):
        if (path.parent / "stems").is_dir():
            yield SlakhSong(path.parent)


def _drummings(root: Path) -> Iterator[DrummingTake]:
    for table in sorted(root.glob("*.csv")):
        with table.open(newline="", encoding="utf-8") as lines:
            rows = csv.DictReader(lines)
            if not {"audio_filename", "midi_filename", "bpm", "time_signature"} <= set(rows.fieldnames or ()):
                continue
            for row in rows:
                audio, midi = row["audio_filename"], row["midi_filename"]
                if (
                    row.get("beat_type", "beat") == "beat"
                    and float(row.get("duration") or SHORTEST_S) >= SHORTEST_S
                    and audio
                    and (root / audio).is_file()
                    and (root / midi).is_file()
                ):
                    per_bar = int(row["time_signature"].split("-")[0])
                    session = row.get("session", audio)
                    yield DrummingTake(root, audio, midi, session, float(row["bpm"]), per_bar)


def _as_drums(midi: MidiFile) -> list[TimedMessage]:
    return [
        TimedMessage(message.time_s, message.kind, DRUM_CHANNEL, message.data)
        for message in timed_messages(midi)
    ]


def _stacked(stems: dict[str, np.ndarray]) -> np.ndarray:
    """float32 (4, n_samples): zeros where there is none."""
    stacked = np.zeros((len(STEMS), max(map(len, stems.values()))), np.float32)
    for name, sound in stems.items():
        stacked[STEMS.index(name), : len(sound)] = sound
    peak = np.abs(stacked).max(initial=0.0)
    return stacked / max(1.0, peak)  # files hold 16 bits up to 1


def _sum(one: np.ndarray | None, other: np.ndarray) -> np.ndarray:
    if one is None:
        return other
    total = np.zeros(max(len(one), len(other)), np.float32)
    total[: len(one)] = one
    total[: len(other)] += other
    return total


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


_LAYOUTS: dict[str, Callable[[Path], Iterable[Job]]] = {
    "musdb18": _musdb18,
    "slakh": _slakh,
    "egmd": _drummings,
}
