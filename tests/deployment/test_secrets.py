"""deploy/init-secrets.sh makes the secrets, deploy/entry.sh hands them to Odoo."""

import os
import re
import subprocess

import pytest
from passlib.context import CryptContext

from . import stack

#: the image's entry point, reduced to what it adds to the command line
IMAGE_ENTRYPOINT = """#!/bin/bash
added=()
for pair in db_host:PGHOST db_port:PGPORT db_user:PGUSER db_password:PGPASSWORD; do
    variable=${pair#*:}
    grep -qE "^\\s*${pair%:*}\\s*=" "$ODOO_RC" || [ -n "${!variable+set}" ] ||
        added+=("--${pair%:*}")
done
printf '%s\\n' "$@" "${added[@]}" > "$RESULT/arguments"
env > "$RESULT/environment"
"""


@pytest.fixture
def enter(tmp_path):
    """Run entry.sh in front of that entry point; (arguments, environment, process)."""
    entrypoint = tmp_path / "entrypoint.sh"
    entrypoint.write_text(IMAGE_ENTRYPOINT)
    entrypoint.chmod(0o755)
    secrets = tmp_path / "secrets"
    secrets.mkdir()

    def enter(*arguments, files=None, **environment):
        for name, text in (files or {}).items():
            (secrets / name).write_text(text)
        done = subprocess.run(
            [stack.DEPLOY / "entry.sh", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={
                **stack.environment_without("PG", "ODOO_"),
                "SECRETS_DIR": str(secrets),
                "IMAGE_ENTRYPOINT": str(entrypoint),
                "ODOO_RC": str(stack.SOURCE / "odoo.conf"),
                "RESULT": str(tmp_path),
                "TMPDIR": str(tmp_path),
                **environment,
            },
        )
        if done.returncode:
            return None, None, done
        lines = (tmp_path / "environment").read_text().splitlines()
        passed = (tmp_path / "arguments").read_text().splitlines()
        return passed, dict(line.split("=", 1) for line in lines if "=" in line), done

    return enter


def test_password_is_exported_and_nothing_added(enter):
    arguments, environment, done = enter(
        "odoo", "db", "dump", "a b", files={"db_password": "s3cret $x'\"\\ y\n"}
    )

    assert arguments == ["odoo", "db", "dump", "a b"]
    assert environment["PGPASSWORD"] == "s3cret $x'\"\\ y"
    assert "s3cret" not in done.stdout + done.stderr


def test_a_conf_without_address_would_be_added_to(enter, tmp_path):
    """Shows that the stand-in above does what the image's entry point does."""
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\ndb_host = db\n")

    arguments, _environment, _done = enter(
        "odoo", files={"db_password": "x"}, ODOO_RC=str(conf)
    )

    assert arguments == ["odoo", "--db_port", "--db_user"]


def test_a_password_of_the_environment_is_enough(enter):
    assert enter("odoo", PGPASSWORD="x")[1]["PGPASSWORD"] == "x"
    assert "PGPASSWORD" not in enter("odoo", PGPASSFILE="/a/file")[1]


def test_no_password_is_an_error_that_says_what_to_do(enter):
    _arguments, _environment, done = enter("odoo")

    assert done.returncode == 1
    assert "deploy/init-secrets.sh" in done.stderr


def test_replica_is_named_only_when_there_is_one(enter):
    plain = enter("odoo", PGPASSWORD="x", DB_REPLICA_HOST="")[1]
    replica = enter("odoo", PGPASSWORD="x", DB_REPLICA_HOST="db-replica")[1]

    assert not [key for key in plain if key.startswith("PG") and "REPLICA" in key]
    assert replica["PGHOST_REPLICA"] == "db-replica"
    assert replica["PGPORT_REPLICA"] == "5432"


def test_master_password_is_added_to_a_private_copy(enter):
    digest = "$pbkdf2-sha512$600000$a.b$c/d"
    files = {"db_password": "x", "master_password_hash": digest}
    before = (stack.SOURCE / "odoo.conf").read_text()

    environment = enter("odoo", files=files)[1]

    copy = stack.SOURCE.__class__(environment["ODOO_RC"])
    assert copy != stack.SOURCE / "odoo.conf"
    assert copy.stat().st_mode & 0o777 == 0o600
    conf = stack.read_conf(copy)
    assert conf["options"].pop("admin_passwd") == digest
    assert conf == stack.read_conf(stack.SOURCE / "odoo.conf")
    assert (stack.SOURCE / "odoo.conf").read_text() == before


def make(directory, *arguments):
    return subprocess.run(
        [stack.DEPLOY / "init-secrets.sh", *arguments],
        env={**os.environ, "SECRETS_DIR": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    directory = tmp_path_factory.mktemp("made") / "secrets"
    return directory, make(directory, "shop.example.com")


def test_secrets_are_random_and_closed_to_others(made):
    directory, done = made

    assert done.returncode == 0, done.stderr
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / "tls_key").stat().st_mode & 0o077 == 0
    words = [
        (directory / name).read_text() for name in ("db_password", "admin_password")
    ]
    assert all(re.fullmatch(r"[0-9a-f]{48}", word) for word in words)
    assert words[0] != words[1]
    assert not any(word in done.stdout for word in words)


def test_master_password_is_shown_once_and_fits_its_hash(made):
    directory, done = made
    shown = re.search(r"shown only now: (\S+)", done.stdout)[1]
    digest = (directory / "master_password_hash").read_text()

    # as Odoo checks it
    context = CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["plaintext"])
    assert context.verify(shown, digest)
    assert not context.verify("admin", digest)
    assert not context.needs_update(digest)


def test_certificate_is_for_the_host(made):
    text = subprocess.run(
        ["openssl", "x509", "-noout", "-text", "-in", made[0] / "tls_certificate"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "DNS:shop.example.com, DNS:localhost, IP Address:127.0.0.1" in text


def test_what_is_there_is_kept(made):
    directory, _done = made
    before = {path.name: path.read_bytes() for path in directory.iterdir()}

    again = make(directory, "other.example.com")

    assert again.returncode == 0
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before
    assert set(before) == {
        "admin_password",
        "db_password",
        "master_password_hash",
        "tls_certificate",
        "tls_key",
    }


def test_half_a_certificate_and_a_bad_name_are_refused(tmp_path):
    tmp_path.joinpath("tls_certificate").write_text("mine")
    half = make(tmp_path)
    bad = make(tmp_path / "b", "a b")

    assert half.returncode == 1 and "only one of" in half.stderr
    assert tmp_path.joinpath("tls_certificate").read_text() == "mine"
    assert bad.returncode == 1 and "not a host name" in bad.stderr


def test_compose_mounts_what_is_made(made):
    config = stack.compose("--profile", "*", "config", "--format", "json")
    files = {
        secret["file"].rpartition("/")[2]
        for secret in stack.json.loads(config.stdout)["secrets"].values()
    }

    assert files == {path.name for path in made[0].iterdir()}
