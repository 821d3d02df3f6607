#!/usr/bin/env bash
# Sets Stemlight up with what its tests need and runs them all: lint, types, unit tests, tests with real parts.
# Arguments go to pytest in place of the whole suite.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=packaging/setup.sh
source packaging/setup.sh
stemlight_setup "[test,train]" test python3-venv libgl1 libegl1 libportaudio2 libglib2.0-0 libfontconfig1 \
    libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 \
    xvfb xauth pulseaudio pulseaudio-utils libasound2-plugins iproute2 liblo-tools puredata-core x11-apps xdotool \
    fluidsynth timgm6mb-soundfont libopenmpt0
# One core's worth of arithmetic a process: that is what the engine gets, and the runners are small.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=2 PYTHONUNBUFFERED=1
if [ $# -gt 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi
.venv/bin/ruff check .
.venv/bin/ruff format --check .
# Two runs: OpenGL by EGL and by a window do not share a process (GLX takes it down). Unit tests run side by
# side, tests with real parts one after the other, since they are held to real time; they wait for most of it, and
# types are looked at meanwhile.
n_side_by_side=$(.venv/bin/python -c "import os; print(min(8, os.cpu_count() or 1))")
env -u DISPLAY OMP_NUM_THREADS=1 .venv/bin/python -m pytest tests --ignore=tests/real -n "$n_side_by_side" --dist loadfile
nice -n 19 .venv/bin/mypy &
types=$!
status=0
.venv/bin/python -m pytest tests/real || status=$?
wait "$types"
exit "$status"
