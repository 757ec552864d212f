"""deploy/backup.sh and deploy/restore.sh on a real database and filestore."""

import fcntl
import os
import shutil
import subprocess
import uuid

import pytest

from .. import harness
from . import stack

FILESTORE = harness.DATA_DIR / "filestore"


def run(script, *arguments, **environment):
    return subprocess.run(
        [stack.DEPLOY / script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            **stack.environment_without("ODOO_"),
            "FILESTORE_DIR": str(FILESTORE),
            **environment,
        },
    )


class Backups:
    """A database with a file of its own, and a directory of backups."""

    def __init__(self, directory, database):
        self.directory, self.database = directory, database

    def run(self, script, *arguments, **environment):
        return run(
            script,
            *arguments,
            BACKUP_DIR=str(self.directory),
            DATABASE=self.database.name,
            **environment,
        )

    def names(self):
        return sorted(
            path.name for path in self.directory.iterdir() if path.name[0] != "."
        )


def databases():
    rows = harness.Database.existing("postgres").sql("SELECT datname FROM pg_database")
    return {name for (name,) in rows}


def contents(name):
    """Number of rows of every table, and every file with its size."""
    rows = harness.Database.existing(name).sql(
        """
        SELECT relname, (xpath('/row/n/text()', query_to_xml(
            format('SELECT count(*) AS n FROM %I', relname), false, true, ''
        )))[1]::text::int
          FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        """
    )
    place = FILESTORE / name
    files = {
        str(path.relative_to(place)): path.stat().st_size
        for path in place.rglob("*")
        if path.is_file()
    }
    return dict(rows), files


def parameter(database, key):
    found = database.sql("SELECT value FROM ir_config_parameter WHERE key = %s", [key])
    return found[0][0] if found else None


@pytest.fixture(scope="module")
def backups(tmp_path_factory):
    """One good backup; tests leave the database and the backup as they are."""
    with harness.Database(harness.TEMPLATE_BASE) as database:
        # harness copies by hard links: a file of our own to be changed
        own = FILESTORE / database.name / "zz" / "own-file"
        own.parent.mkdir(parents=True)
        own.write_bytes(os.urandom(300_000))
        database.sql(
            "INSERT INTO ir_attachment (name, type, store_fname) VALUES (%s, %s, %s)",
            ["own", "binary", "zz/own-file"],
        )
        backups = Backups(tmp_path_factory.mktemp("backups"), database)
        done = backups.run("backup.sh")
        assert done.returncode == 0, done.stderr
        yield backups


@pytest.fixture
def copy_name(backups):
    """A name for a restored copy, which is removed afterwards."""
    name = f"{backups.database.name}_copy"
    yield name
    harness.Database.existing(name).drop()


def test_backup_is_complete_and_for_its_owner_only(backups):
    (name,) = backups.names()
    place = backups.directory / name

    assert sorted(path.name for path in place.iterdir()) == [
        "SHA256SUMS",
        "database.dump",
        "filestore.tar.gz",
        "manifest",
    ]
    assert place.stat().st_mode & 0o077 == 0
    assert f"database={backups.database.name}" in (place / "manifest").read_text()
    assert not list(backups.directory.glob(".partial-*"))


def test_lost_database_comes_back_whole(backups):
    before = contents(backups.database.name)
    identity = parameter(backups.database, "database.uuid")
    digest = (FILESTORE / backups.database.name / "zz/own-file").read_bytes()
    backups.database.drop()
    assert backups.database.name not in databases()

    done = backups.run("restore.sh", "latest", backups.database.name)

    assert done.returncode == 0, done.stderr
    rows, files = contents(backups.database.name)
    assert len(rows) > 100 and len(files) > 10
    rows["ir_config_parameter"] -= 1  # database.restored_at
    assert (rows, files) == before
    assert (FILESTORE / backups.database.name / "zz/own-file").read_bytes() == digest
    assert "warning" not in done.stdout
    # the same database, and whoever talks to shops can see that time went back
    assert parameter(backups.database, "database.uuid") == identity
    assert parameter(backups.database, "database.restored_at")


@pytest.mark.slow
def test_copy_is_another_database_and_disarmed_on_request(backups, copy_name, tmp_path):
    conf = stack.host_conf(tmp_path / "odoo.conf", backups.database.name, 1, 2)

    done = backups.run(
        "restore.sh",
        backups.names()[0],
        copy_name,
        NEUTRALIZE="1",
        ODOO_RC=str(conf),
    )

    assert done.returncode == 0, done.stderr
    copy = harness.Database.existing(copy_name)
    assert parameter(copy, "database.is_neutralized") == "true"
    assert parameter(backups.database, "database.is_neutralized") is None
    uuids = [parameter(each, "database.uuid") for each in (copy, backups.database)]
    assert uuid.UUID(uuids[0]) != uuid.UUID(uuids[1])
    assert contents(copy_name)[1] == contents(backups.database.name)[1]


@pytest.mark.slow
def test_existing_database_is_replaced_only_by_force(backups):
    database = backups.database
    database.sql("UPDATE res_company SET name = 'changed since' WHERE id = 1")
    (FILESTORE / database.name / "zz" / "later").write_text("x")

    refused = backups.run("restore.sh", "latest", database.name)

    assert refused.returncode == 1
    assert "FORCE=1" in refused.stderr
    changed = database.sql("SELECT 1 FROM res_company WHERE name = 'changed since'")
    assert changed

    done = backups.run("restore.sh", "latest", database.name, FORCE="1")

    assert done.returncode == 0, done.stderr
    assert not database.sql("SELECT 1 FROM res_company WHERE name = 'changed since'")
    assert not (FILESTORE / database.name / "zz" / "later").exists()


@pytest.mark.parametrize("part", ["database.dump", "filestore.tar.gz", "manifest"])
def test_damaged_backup_is_refused(backups, copy_name, tmp_path, part):
    damaged = tmp_path / "damaged"
    shutil.copytree(backups.directory / backups.names()[0], damaged)
    content = bytearray((damaged / part).read_bytes())
    content[len(content) // 2] ^= 1
    (damaged / part).write_bytes(content)

    done = backups.run("restore.sh", str(damaged), copy_name)

    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert copy_name not in databases()


def test_incomplete_backup_is_refused(backups, copy_name, tmp_path):
    half = tmp_path / "half"
    shutil.copytree(backups.directory / backups.names()[0], half)
    (half / "filestore.tar.gz").unlink()
    lost = backups.run("restore.sh", str(half), copy_name)
    sums = (half / "SHA256SUMS").read_text().splitlines(True)
    (half / "SHA256SUMS").write_text("".join(s for s in sums if "filestore" not in s))
    unlisted = backups.run("restore.sh", str(half), copy_name)
    nothing = backups.run("restore.sh", "no-such-backup", copy_name)

    assert lost.returncode == unlisted.returncode == nothing.returncode == 1
    assert "damaged" in lost.stderr
    assert "incomplete" in unlisted.stderr
    assert "is no backup" in nothing.stderr


def test_failed_restore_leaves_the_old_database(backups, tmp_path):
    """Checksums fit, but PostgreSQL cannot read it: the old one must survive."""
    bad = tmp_path / "bad"
    shutil.copytree(backups.directory / backups.names()[0], bad)
    with (bad / "database.dump").open("r+b") as dump:
        dump.truncate(4096)
    names = ["database.dump", "filestore.tar.gz", "manifest"]
    sums = subprocess.run(
        ["sha256sum", *names], cwd=bad, capture_output=True, check=True
    )
    (bad / "SHA256SUMS").write_bytes(sums.stdout)
    before = contents(backups.database.name)

    done = backups.run("restore.sh", str(bad), backups.database.name, FORCE="1")

    assert done.returncode != 0
    assert contents(backups.database.name) == before
    assert f"{backups.database.name}_incoming" not in databases()
    assert not (FILESTORE / f"{backups.database.name}_incoming").exists()


def test_old_backups_go_others_stay(backups, tmp_path):
    name = backups.database.name
    others = [f"{name}-2-20200101T000000Z", f"{name}-notes", "other-20200101T000000Z"]
    own = [f"{name}-2020010{day}T000000Z" for day in range(1, 6)]
    for directory in (*others, *own, f".partial-{name}-20200101T000000Z"):
        (tmp_path / directory).mkdir()

    done = run("backup.sh", BACKUP_DIR=str(tmp_path), DATABASE=name, KEEP="3")

    assert done.returncode == 0, done.stderr
    left = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert set(others) <= set(left)
    kept = [entry for entry in left if entry not in others]
    assert len(kept) == 3
    assert kept[:2] == own[-2:]


def test_two_at_once_and_bad_settings_are_refused(backups, tmp_path):
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        name = backups.database.name
        busy = run("backup.sh", BACKUP_DIR=str(tmp_path), DATABASE=name)
    messages = {
        "is running": busy,
        "KEEP must be": backups.run("backup.sh", KEEP="many"),
        "no database 'no_such_db'": run(
            "backup.sh", BACKUP_DIR=str(tmp_path), DATABASE="no_such_db"
        ),
        "not a usable database name": run(
            "backup.sh", BACKUP_DIR=str(tmp_path), DATABASE="../etc"
        ),
        "cannot write to": run("backup.sh", BACKUP_DIR="/proc/nowhere", DATABASE=name),
        "cannot ask PostgreSQL": backups.run("backup.sh", PGPORT="1"),
    }

    for message, done in messages.items():
        assert done.returncode == 1, message
        assert message in done.stderr
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]
