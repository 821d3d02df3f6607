#!/usr/bin/env bash
# Sets Stemlight up where it lies and shows it on its built-in song. Arguments go to `stemlight demo`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=packaging/setup.sh
source packaging/setup.sh
stemlight_setup "" run python3-venv libgl1 libegl1 libportaudio2 libglib2.0-0 libfontconfig1 libdbus-1-3 \
    libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
exec .venv/bin/stemlight demo "$@"
