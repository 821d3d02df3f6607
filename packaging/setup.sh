# Sourced by demo.sh and test.sh: system libraries where it may, then .venv with Stemlight in it.
# Usage: stemlight_setup EXTRAS STAMP PACKAGE...     EXTRAS like "[test]" or ""; STAMP names the set-up.
# Running it again with nothing changed takes well under a second.

say() { printf 'stemlight: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# Debian and Ubuntu: installs the packages that are missing, if this user may; elsewhere says what is needed.
install_system_packages() {
    local missing=() package
    if ! command -v dpkg-query >/dev/null 2>&1; then
        [ "$(uname -s)" = Linux ] &&
            say "not Debian or Ubuntu: if something is missing, install PortAudio, OpenGL (GLVND, EGL) and xcb-cursor"
        return 0
    fi
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as_root=(sudo)
        else
            say "missing system packages; ask an administrator for: apt-get install ${missing[*]}"
            return 0
        fi
    fi
    say "installing ${missing[*]}"
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq
        --no-install-recommends "${missing[@]}")
    "${install[@]}" >/dev/null 2>&1 ||
        { "${as_root[@]}" apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; } ||
        fail "apt-get could not install ${missing[*]}; install them by hand and run this again"
}

stemlight_setup() {
    local extras=$1 name=$2 python stamp wanted
    shift 2
    install_system_packages "$@"
    python=$(find_python) || fail "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"
    if [ ! -x .venv/bin/python ]; then
        say "making .venv with $("$python" --version)"
        "$python" -m venv .venv || fail "could not make .venv; on Debian and Ubuntu: apt-get install python3-venv"
    fi
    stamp=.venv/.stemlight-$name
    wanted=$(cat pyproject.toml packaging/setup.sh | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "installing Stemlight and what it needs into .venv (a minute or two the first time)"
        if [[ $extras == *train* ]]; then
            # Named exactly: a range would let the resolver look past it.
            .venv/bin/pip install -q --disable-pip-version-check "torch==2.13.0" || fail "pip could not install torch"
        fi
        .venv/bin/pip install -q --disable-pip-version-check -e ".$extras" || fail "pip could not install Stemlight"
        printf '%s' "$wanted" >"$stamp"
    fi
}
