#!/bin/bash
# backup.sh: one backup of the database and its filestore.
#
# Variables (defaults): DATABASE (db_name of odoo.conf), BACKUP_DIR (/backups),
# FILESTORE_DIR (data_dir/filestore), KEEP (14 backups stay, 0 keeps all), PG*.
# Result: BACKUP_DIR/DATABASE-YYYYMMDDTHHMMSSZ/{database.dump,filestore.tar.gz,
# manifest,SHA256SUMS}; it has that name only when it is complete.
set -euo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

use_database_server
database=${DATABASE:-$(conf db_name)}
check_name "${database:-}"
directory=${BACKUP_DIR:-/backups}
data_dir=$(conf data_dir)
filestore=${FILESTORE_DIR:-${data_dir:-/var/lib/odoo}/filestore}/$database
keep=${KEEP:-14}
[[ $keep =~ ^[0-9]+$ ]] || die "KEEP must be a number of backups, not '$keep'"
[ -w "$directory" ] || die "cannot write to $directory: create it, writable for" \
    "user $(id -un) (id $(id -u))"
database_exists "$database" || die "no database '$database' on ${PGHOST:-this host}"

umask 077
exec 9> "$directory/.lock"
flock --nonblock 9 || die "another backup or restore is running"

name=$database-$(date -u +%Y%m%dT%H%M%SZ)
final=$directory/$name
partial=$directory/.partial-$name
[ ! -e "$final" ] || die "$final is there already"
trap 'rm -rf "$partial"' EXIT
# left by a backup that was killed: nobody else holds the lock
rm -rf "$directory"/.partial-*
mkdir "$partial"

say "database $database"
pg_dump --format=custom --no-owner --no-privileges \
    --file="$partial/database.dump" "$database"
pg_restore --list "$partial/database.dump" > /dev/null

# After the dump: every file the dump names is there already. Odoo never rewrites a
# file, so one that appears later does no harm; 1 means "changed while reading".
say "filestore $filestore"
if [ -d "$filestore" ]; then
    tar --create --gzip --file="$partial/filestore.tar.gz" \
        --directory="$filestore" . || [ $? -eq 1 ]
else
    tar --create --gzip --file="$partial/filestore.tar.gz" --files-from=/dev/null
fi
printf '%s\n' "format=1" "database=$database" "created=$(date -u +%FT%TZ)" \
    "server=$(sql postgres <<< "SHOW server_version")" > "$partial/manifest"
(cd "$partial" && sha256sum database.dump filestore.tar.gz manifest > SHA256SUMS)
sync "$partial"/* "$partial"
mv "$partial" "$final"
say "made $final ($(du -sh "$final" | cut -f 1))"

# the newest KEEP stay; the pattern meets only complete backups of this database
if [ "$keep" -gt 0 ]; then
    find "$directory" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' |
        grep -E "^${database//./\\.}-[0-9]{8}T[0-9]{6}Z$" | sort -r |
        tail -n "+$((keep + 1))" |
        while IFS= read -r old; do
            rm -rf "${directory:?}/$old"
            say "removed $old"
        done
fi
