# shellcheck shell=bash
# What ./run and ./test share before there is a Python environment: messages, the prefix,
# dropping root, the environment of the private installation. Sourced, never run.

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SUITE_USER=suite
export LC_ALL=C.UTF-8

say() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }
die() {
    printf '\n%s: %s\n' "${PROGRAM:-suite}" "$*" >&2
    exit 1
}

# Debian 12 is what the recipe is made for; anything else is told so at once.
check_system() {
    local id="" version="" name="this system"
    if [ -r /etc/os-release ]; then
        id=$(. /etc/os-release && echo "${ID:-}")
        version=$(. /etc/os-release && echo "${VERSION_ID:-}")
        name=$(. /etc/os-release && echo "${PRETTY_NAME:-$name}")
    fi
    if [ "$id" != debian ] || [ "$version" != 12 ]; then
        [ "${SUITE_ANY_SYSTEM:-}" = 1 ] || die "this is $name; ./run and ./test know Debian 12 only." \
            "Use docker compose instead: see \"Deploy\" in README.md" \
            "(SUITE_ANY_SYSTEM=1 tries it here all the same)."
    fi
    local tool
    for tool in apt-get dpkg-deb awk flock setpriv; do
        command -v "$tool" >/dev/null || die "the tool '$tool' is missing; on Debian: apt-get install apt dpkg util-linux mawk"
    done
    find_python >/dev/null || die "Python 3.11 with venv is missing; as root: apt-get install python3 python3-venv"
}

# Debian's own Python first: one from a version manager may lie in a home nobody else can enter.
find_python() {
    local python
    for python in /usr/bin/python3 /usr/bin/python3.11 "$(command -v python3.11 || true)" "$(command -v python3 || true)"; do
        [ -n "$python" ] || continue
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            echo "$python"
            return 0
        fi
    done
    return 1
}

default_prefix() {
    if [ "$(id -u)" = 0 ]; then echo /opt/suite; else echo "$HOME/.local/share/suite"; fi
}

# PostgreSQL refuses uid 0 and Odoo warns about it: root makes a system user and a prefix which that
# user may enter (never below /root) and goes on as that user. Nothing else is done as root.
become_service_user() {
    PREFIX=${SUITE_HOME:-$(default_prefix)}
    case $PREFIX in /*) ;; *) die "SUITE_HOME must be an absolute path, not '$PREFIX'" ;; esac
    [ "${#PREFIX}" -le 80 ] || die "the prefix '$PREFIX' is too long for PostgreSQL's socket (80 characters at most): set SUITE_HOME"
    if [ "$(id -u)" != 0 ]; then
        mkdir -p "$PREFIX" 2>/dev/null || die "cannot write to $PREFIX: set SUITE_HOME to a folder of yours"
        export SUITE_HOME=$PREFIX
        return 0
    fi
    if ! id "$SUITE_USER" >/dev/null 2>&1; then
        command -v useradd >/dev/null || die "'useradd' is missing; apt-get install passwd"
        useradd --system --home-dir "$PREFIX" --shell /usr/sbin/nologin "$SUITE_USER"
    fi
    install -d -m 755 -o "$SUITE_USER" -g "$SUITE_USER" "$PREFIX"
    local source=$SOURCE
    if ! as_service_user test -r "$SOURCE/run" -a -x "$SOURCE/addons" 2>/dev/null; then
        # a checkout below /root: work on a copy, made anew at each start
        source=$PREFIX/source
        rm -rf "$source" && mkdir -p "$source"
        tar -C "$SOURCE" --exclude=./.git --exclude=./node_modules -cf - . | tar -C "$source" -xf -
        chown -R "$SUITE_USER:" "$source"
    fi
    cd "$PREFIX" || exit 1
    exec setpriv --reuid="$SUITE_USER" --regid="$SUITE_USER" --init-groups \
        env HOME="$PREFIX" SUITE_HOME="$PREFIX" SUITE_CHECKOUT="$SOURCE" \
        PIP_CONFIG_FILE="${PIP_CONFIG_FILE:-/etc/pip.conf}" \
        bash "$source/${PROGRAM#./}" "$@"
}

as_service_user() {
    setpriv --reuid="$SUITE_USER" --regid="$SUITE_USER" --init-groups "$@"
}

# The private installation's environment: only what scripts/setup.sh wrote.
load_environment() {
    # shellcheck disable=SC1091
    . "$SUITE_HOME/env"
    export SUITE_SOURCE=$SOURCE
}
