#!/bin/bash
# init-secrets.sh [HOST NAME]
# Makes what docker-compose.yml mounts as secrets; never replaces a file that is there.
#   db_password            random, for PostgreSQL and Odoo
#   admin_password         random, the first password of Odoo's user admin
#   master_password_hash   of a random master password, which is shown once
#   tls_certificate, tls_key   self-signed for HOST NAME: put your own here instead
#
# The directory is closed to other users (0700); the files inside are readable,
# because containers read them as users of their own.
set -euo pipefail

host=${1:-localhost}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=${SECRETS_DIR:-$here/secrets}

for tool in openssl python3; do
    command -v "$tool" > /dev/null || {
        echo "error: $tool is needed to make the secrets: install it first" >&2
        exit 1
    }
done
[[ $host =~ ^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$ ]] || {
    echo "error: '$host' is not a host name" >&2
    exit 1
}

umask 077
mkdir -p "$directory"
chmod 0700 "$directory"
cd "$directory"

# hexadecimal: no character that a shell, a URL or a file format treats specially
random() { openssl rand -hex 24; }

# keep NAME: true when the file is there and not empty
keep() {
    [ ! -s "$1" ] || { echo "kept      $1"; return 0; }
    return 1
}

# store NAME: the standard input becomes the file, all or nothing, no newline at its end
store() {
    local value
    value=$(cat)
    [ -n "$value" ] || { echo "error: could not make $1" >&2; exit 1; }
    printf '%s' "$value" > "$1.new"
    mv "$1.new" "$1"
    echo "made      $1"
}

# passlib's format of PBKDF2-HMAC-SHA512, the one Odoo verifies
hash_password() {
    # shellcheck disable=SC2016  # the dollars are Python's
    python3 -c '
import base64, hashlib, os, sys
rounds, salt = 600000, os.urandom(16)
digest = hashlib.pbkdf2_hmac("sha512", sys.stdin.read().encode(), salt, rounds)
def ab64(data):
    return base64.b64encode(data).decode().rstrip("=").replace("+", ".")
print(f"$pbkdf2-sha512${rounds}${ab64(salt)}${ab64(digest)}")'
}

keep db_password || random | store db_password
keep admin_password || random | store admin_password
if ! keep master_password_hash; then
    master=$(random)
    printf '%s' "$master" | hash_password | store master_password_hash
    echo "          master password, shown only now: $master"
fi
if [ -s tls_certificate ] && [ -s tls_key ]; then
    keep tls_certificate
    keep tls_key
elif [ -e tls_certificate ] || [ -e tls_key ]; then
    echo "error: only one of tls_certificate and tls_key is in $directory:" \
        "add the other or remove both" >&2
    exit 1
else
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -days 825 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1" \
        -keyout tls_key -out tls_certificate 2> /dev/null
    echo "made      tls_certificate, tls_key (self-signed for $host)"
fi
chmod 0644 db_password admin_password master_password_hash
echo "secrets are in $directory; user admin starts with the password in admin_password"
