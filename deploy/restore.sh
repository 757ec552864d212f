#!/bin/bash
# restore.sh BACKUP [NEW NAME]: restores a backup that backup.sh made.
#
# BACKUP is a directory, the name of one in BACKUP_DIR, or `latest`. The database gets
# NEW NAME (default: the old name with _restored). One that exists is refused unless
# FORCE=1; even then it is replaced only after the restore succeeded.
# NEUTRALIZE=1 switches off mail servers, scheduled actions, payment and the like: for
# every copy that is not to act in the world. Variables as in backup.sh.
set -euo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

use_database_server
directory=${BACKUP_DIR:-/backups}
data_dir=$(conf data_dir)
filestore=${FILESTORE_DIR:-${data_dir:-/var/lib/odoo}/filestore}
[ $# -ge 1 ] && [ $# -le 2 ] || die "usage: restore.sh BACKUP|latest [NEW NAME];" \
    "there are: $(find "$directory" -mindepth 1 -maxdepth 1 -name '*-*Z' \
        -printf '%f ' 2> /dev/null)"

find_backup() {
    local database
    if [ "$1" = latest ]; then
        database=${DATABASE:-$(conf db_name)}
        check_name "${database:-}"
        find "$directory" -mindepth 1 -maxdepth 1 -type d |
            grep -E "/${database//./\\.}-[0-9]{8}T[0-9]{6}Z$" | sort | tail -n 1
    elif [ -d "$directory/$1" ]; then
        echo "$directory/$1"
    elif [ -d "$1" ]; then
        echo "$1"
    fi
}

backup=$(find_backup "$1" || true)
[ -n "$backup" ] && [ -f "$backup/SHA256SUMS" ] ||
    die "'$1' is no backup: give a directory that backup.sh made, or latest"

say "checking $backup"
(cd "$backup" && sha256sum --check --quiet --strict SHA256SUMS) ||
    die "$backup is damaged: its checksums do not match, nothing was restored"
for part in database.dump filestore.tar.gz manifest; do
    grep -q "  $part\$" "$backup/SHA256SUMS" ||
        die "$backup is incomplete: $part has no checksum"
done
source=$(sed -n 's/^database=//p' "$backup/manifest")
target=${2:-${source}_restored}
check_name "$target"

if database_exists "$target" || [ -e "$filestore/$target" ]; then
    [ "${FORCE:-0}" = 1 ] || die "'$target' exists (database or filestore): choose" \
        "another name, or set FORCE=1 to replace it"
fi

exec 9> "$directory/.lock"
flock --nonblock 9 || die "another backup or restore is running"

incoming=${target}_incoming
clean_up() {
    dropdb --if-exists --force "$incoming" > /dev/null 2>&1 || true
    rm -rf "${filestore:?}/$incoming"
}
trap clean_up EXIT
clean_up

say "restoring $source as $target"
createdb --template=template0 --encoding=UTF8 "$incoming"
pg_restore --exit-on-error --no-owner --no-privileges --jobs="${JOBS:-2}" \
    --dbname="$incoming" "$backup/database.dump"
mkdir -p "$filestore/$incoming"
tar --extract --gzip --file="$backup/filestore.tar.gz" \
    --directory="$filestore/$incoming" --no-same-owner

# Marks the restore for whoever must be careful after one: what was sent to shops
# since the backup is not known here. A copy is another database, so it gets an
# identity of its own, as Odoo's own duplicate does.
sql "$incoming" -v "copy=$([ "$target" = "$source" ] && echo f || echo t)" << 'SQL'
INSERT INTO ir_config_parameter (key, value, create_date, write_date)
VALUES ('database.restored_at', to_char(now() AT TIME ZONE 'UTC',
        'YYYY-MM-DD HH24:MI:SS'), now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
ON CONFLICT (key) DO UPDATE SET value = excluded.value,
    write_date = excluded.write_date;
UPDATE ir_config_parameter SET value = gen_random_uuid()::text
WHERE key = 'database.uuid' AND :'copy';
SQL
if [ "${NEUTRALIZE:-0}" = 1 ]; then
    say "neutralizing"
    odoo neutralize -d "$incoming"
    [ "$(sql "$incoming" <<< "SELECT value FROM ir_config_parameter
        WHERE key = 'database.is_neutralized'")" = true ] ||
        die "could not neutralize the copy; it was removed again"
fi

# attachments whose file the archive does not hold: shown, never silently lost
files_missing=$(sql "$incoming" <<< "SELECT DISTINCT store_fname FROM ir_attachment
    WHERE store_fname IS NOT NULL" | while IFS= read -r file; do
    [ -f "$filestore/$incoming/$file" ] || echo "$file"
done | wc -l)

dropdb --if-exists --force "$target"
sql postgres -v "old=$incoming" -v "new=$target" \
    <<< 'ALTER DATABASE :"old" RENAME TO :"new"'
rm -rf "${filestore:?}/$target"
mv "$filestore/$incoming" "$filestore/$target"
[ "$files_missing" -eq 0 ] ||
    say "warning: $files_missing files of attachments are not in the backup"
say "restored $target from $backup"
