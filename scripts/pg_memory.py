"""Copies of databases live in memory while ./test runs.

A copy of the database with everything is 5,600 files. Where as many were just deleted,
ext4 needs up to 3.5 s of CPU to make them; in memory a copy takes 0.3 s, and nothing of
it is ever written to the disk. What is kept (templates) stays there.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import suitelib

MEMORY = Path("/dev/shm")
#: bytes that have to be free in it, and of the machine, for copies in all lanes
ROOM, FREE = 4 << 30, 7 << 30
_NAME, _FOLDER = "suite_memory", "suite-"


def _free_bytes():
    """What programs can still have of the machine's memory."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return 0


def has_room():
    """Whether this machine has the memory, and PostgreSQL may use our folder."""
    try:
        stat = os.statvfs(MEMORY)
        is_ours = (suitelib.PREFIX / "pg").stat().st_uid == os.getuid()
        return (
            is_ours
            and stat.f_bavail * stat.f_frsize >= ROOM
            and _free_bytes() >= FREE
            and os.access(MEMORY, os.W_OK)
        )
    except OSError:
        return False


def _tablespaces():
    """[(name, folder)] of this run and of those that were killed."""
    rows = suitelib.psql(
        "SELECT spcname, pg_tablespace_location(oid) FROM pg_tablespace"
        f" WHERE spcname LIKE '{_NAME}%'"
    )
    return [row.split("|") for row in rows.splitlines()]


def _is_alive(name):
    return Path("/proc", name.rpartition("_")[2]).exists()


def _remove(name, folder):
    databases = suitelib.psql(
        "SELECT datname FROM pg_database d JOIN pg_tablespace t"
        f" ON t.oid = d.dattablespace WHERE t.spcname = '{name}'"
    )
    for database in databases.splitlines():
        suitelib.drop_database(database)
    suitelib.psql(f'DROP TABLESPACE "{name}"')
    shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers():
    """Take away what a ./test that was killed has left."""
    for name, folder in _tablespaces():
        if not _is_alive(name):
            _remove(name, folder)


def free_folders():
    """Before the prefix itself is removed: what a killed run has left in memory."""
    for link in (suitelib.PREFIX / "pg" / "pg_tblspc").glob("*"):
        folder = link.readlink()
        if folder.parent == MEMORY and folder.name.startswith(_FOLDER):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def tablespace():
    """Copies are made in memory meanwhile, if there is enough of it.

    Not where somebody wants to keep the databases of what failed (``SUITE_KEEP=1``).
    """
    # of a ./test with another PostgreSQL that has called this one
    os.environ.pop("SUITE_TABLESPACE", None)
    remove_leftovers()
    if os.environ.get("SUITE_KEEP") == "1" or not has_room():
        yield
        return
    name = f"{_NAME}_{os.getpid()}"
    folder = tempfile.mkdtemp(prefix=_FOLDER, dir=MEMORY)
    suitelib.psql(f"CREATE TABLESPACE \"{name}\" LOCATION '{folder}'")
    os.environ["SUITE_TABLESPACE"] = name
    try:
        yield
    finally:
        del os.environ["SUITE_TABLESPACE"]
        with contextlib.suppress(suitelib.SuiteError):
            _remove(name, folder)
