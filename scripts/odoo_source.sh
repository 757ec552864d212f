# shellcheck shell=bash
# shellcheck disable=SC2034  # what it sets is for the script that sources it
# Where Odoo 19 comes from: ODOO_HOME (a tree), ODOO_ARCHIVE (a local .deb or .tar.xz), or the
# distribution's package. Sourced by setup.sh and .ci/run; needs lib.sh, $P (the prefix).

ODOO_PACKAGE=odoo-19
DIST=usr/lib/python3/dist-packages
# Web assets that the package links to; Debian 12's own (newer ones lack files it wants), but for
# Montserrat, which only newer releases have.
ODOO_ASSETS="libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b"

# The machine's own mirror; never a host written down here.
debian_mirror() {
    {
        cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '/^URIs:/{print $2}'
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null \
            | awk '$1=="deb"{for(i=2;i<=NF;i++) if($i ~ /^https?:/){print $i; break}}'
    } | grep -v -e security -e updates | grep -m1 /debian || true
}

apt_options() {
    local common=(-q -o "Dir::Cache=$P/apt/cache" -o Acquire::Languages=none -o Acquire::Retries=3
        -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1)
    mkdir -p "$P"/apt/{lists,sidlists,cache/archives}/partial
    APT_LOCAL=("${common[@]}" -o "Dir::State::lists=$P/apt/lists")
    APT_SID=("${common[@]}" -o "Dir::Etc::sourcelist=$P/apt/sid.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$P/apt/sidlists")
}

apt_update_all() {
    local mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || die "no Debian mirror found in /etc/apt: add one, or set ODOO_ARCHIVE or ODOO_HOME (README.md)"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$P/apt/sid.list"
    apt-get "${APT_LOCAL[@]}" update || return 1
    apt-get "${APT_SID[@]}" update || return 1
}

# 0 if the distribution's package can be had now. Used by .ci/run before it falls back.
package_available() {
    apt_options
    apt_update_all > /dev/null 2>&1 \
        && apt-get "${APT_SID[@]}" --print-uris download "$ODOO_PACKAGE" 2>/dev/null | grep -q "$ODOO_PACKAGE"
}

# Sets ODOO_KIND (home, archive, package), ODOO_KEY (what it was made of), ODOO_PYTHON_PATH.
find_odoo_source() {
    ODOO_PYTHON_PATH=$P/odoo/$DIST
    if [ -n "${ODOO_HOME:-}" ]; then
        ODOO_KIND=home
        ODOO_PYTHON_PATH=$(odoo_tree_in "$ODOO_HOME") \
            || die "ODOO_HOME=$ODOO_HOME holds no Odoo: expected odoo/release.py or $DIST/odoo/release.py in it"
        check_odoo_version "$ODOO_PYTHON_PATH"
        ODOO_KEY="home $ODOO_PYTHON_PATH"
    elif [ -n "${ODOO_ARCHIVE:-}" ]; then
        ODOO_KIND=archive
        [ -r "$ODOO_ARCHIVE" ] || die "ODOO_ARCHIVE=$ODOO_ARCHIVE cannot be read by $(id -un)"
        local sum
        sum=$(checked_sum "$ODOO_ARCHIVE") || exit 1
        ODOO_KEY="archive $sum"
    else
        ODOO_KIND=package
        ODOO_KEY="package $ODOO_PACKAGE"
    fi
}

odoo_tree_in() {
    local dir
    for dir in "$1" "$1/$DIST"; do
        [ ! -r "$dir/odoo/release.py" ] || { (cd "$dir" && pwd); return 0; }
    done
    return 1
}

check_odoo_version() {
    grep -q "^version_info = (19, 0," "$1/odoo/release.py" \
        || die "the Odoo in $1 is not 19.0 (see its odoo/release.py)"
}

# The archive's SHA-256, if it is one we know or the one ODOO_ARCHIVE_SHA256 names.
checked_sum() {
    local sum name
    sum=$(sha256sum "$1" | cut -d' ' -f1)
    name=$(basename "$1")
    if [ -n "${ODOO_ARCHIVE_SHA256:-}" ]; then
        [ "$sum" = "$ODOO_ARCHIVE_SHA256" ] \
            || die "$name is damaged or another file: its SHA-256 is $sum, ODOO_ARCHIVE_SHA256 says $ODOO_ARCHIVE_SHA256"
    elif ! grep -q "^$sum " "$SOURCE/scripts/odoo-checksums.txt"; then
        die "$name is not one of the archives in scripts/odoo-checksums.txt; if you trust it, start with ODOO_ARCHIVE_SHA256=$sum"
    fi
    echo "$sum"
}

# Unpack the chosen source so that DIR/usr/lib/python3/dist-packages/odoo is a complete tree.
unpack_odoo() {
    local target=$1 debs=$P/debs/odoo file
    case $ODOO_KIND:${ODOO_ARCHIVE:-} in
    package:*)
        rm -rf "$debs" && mkdir -p "$debs"
        (cd "$debs" && apt-get "${APT_SID[@]}" download "$ODOO_PACKAGE")
        note_package_sum "$debs"
        unpack_assets "$debs"
        for file in "$debs"/*.deb; do dpkg-deb -x "$file" "$target"; done
        rm -rf "$debs"
        ;;
    archive:*.deb)
        rm -rf "$debs" && mkdir -p "$debs"
        unpack_assets "$debs"
        for file in "$debs"/*.deb "$ODOO_ARCHIVE"; do dpkg-deb -x "$file" "$target"; done
        rm -rf "$debs"
        ;;
    archive:*.tar.xz) tar -C "$target" -xJf "$ODOO_ARCHIVE" ;;
    *) die "ODOO_ARCHIVE must end in .deb or .tar.xz, not '${ODOO_ARCHIVE:-}'" ;;
    esac
    mend_tree "$target"
}

unpack_assets() {
    # shellcheck disable=SC2086
    (cd "$1" && apt-get "${APT_LOCAL[@]}" download $ODOO_ASSETS && apt-get "${APT_SID[@]}" download fonts-montserrat)
}

# apt has verified the package against the signed release; say when it is not the one we test with.
note_package_sum() {
    local sum
    sum=$(sha256sum "$1"/odoo-19_*.deb | cut -d' ' -f1)
    grep -q "^$sum " "$SOURCE/scripts/odoo-checksums.txt" \
        || say "note: this Odoo package is newer than the one the suite was tested with (SHA-256 $sum)"
}

mend_tree() {
    local dist=$1/$DIST stub
    [ -r "$dist/odoo/release.py" ] || die "no Odoo in what was unpacked (expected $DIST/odoo/release.py)"
    check_odoo_version "$dist"
    # copies that nobody imports, with top-level names that would shadow others
    rm -rf "$dist/addons" "$dist/doc" "$dist/setup"
    # The one asset Debian strips; its absence breaks the backend bundle. It only blurs the
    # background of video calls and would load its model from outside anyway.
    stub=$dist/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    if [ ! -e "$stub" ]; then
        mkdir -p "$(dirname "$stub")"
        echo '/* not shipped by Debian: background blur in calls is unavailable */' > "$stub"
    fi
    local dangling
    dangling=$(find "$dist/odoo" -xtype l | head -n 3)
    [ -z "$dangling" ] || die "files that Odoo's package links to are missing, for example: $dangling"
}
