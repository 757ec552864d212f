"""deploy/init.sh: what the services `init` and `upgrade` run."""

import subprocess

import pytest
from passlib.context import CryptContext

from .. import harness
from . import stack

# few rounds: the same format, made quickly
CONTEXT = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1000)


def init(conf, secrets, *arguments, **environment):
    """Run it as compose does: database and password from odoo.conf and the secret."""
    entrypoint = conf.parent / "entrypoint.sh"
    entrypoint.write_text('#!/bin/sh\nexec "$@"\n')
    entrypoint.chmod(0o755)
    return subprocess.run(
        [stack.DEPLOY / "entry.sh", stack.DEPLOY / "init.sh", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            **stack.environment_without("PG", "ODOO_"),
            "ODOO_QUEUE_JOB_CHANNELS": "root:0",
            "ODOO_RC": str(conf),
            "SECRETS_DIR": str(secrets),
            "IMAGE_ENTRYPOINT": str(entrypoint),
            "TMPDIR": str(conf.parent),
            **environment,
        },
    )


def password_is(database, password):
    ((digest,),) = database.sql(
        """
        SELECT password FROM res_users JOIN ir_model_data ON res_id = res_users.id
         WHERE module = 'base' AND name = 'user_admin'
        """
    )
    return CONTEXT.verify(password, digest)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with harness.Database(harness.TEMPLATE_BASE) as database:
        directory = tmp_path_factory.mktemp("init")
        conf = stack.host_conf(directory / "odoo.conf", database.name, 1, 2)
        yield database, conf


def test_factory_password_is_replaced_once(place, secrets):
    database, conf = place
    wanted = (secrets / "admin_password").read_text()
    assert password_is(database, "admin")

    done = init(conf, secrets, SUITE_MODULES="base, queue_job")

    assert done.returncode == 0, done.stderr
    assert password_is(database, wanted) and not password_is(database, "admin")
    assert wanted not in done.stdout + done.stderr

    # a password somebody chose stays, whatever it is
    chosen = CONTEXT.hash("admin")
    database.sql("UPDATE res_users SET password = %s", [chosen])
    again = init(conf, secrets, SUITE_MODULES="base,queue_job")

    assert again.returncode == 0
    assert "installing" not in again.stdout + done.stdout
    assert password_is(database, "admin")


def test_chosen_password_is_never_replaced(place, secrets):
    database, conf = place
    database.sql(
        "DELETE FROM ir_config_parameter WHERE key = 'deploy.admin_password_checked'"
    )
    database.sql("UPDATE res_users SET password = %s", [CONTEXT.hash("chosen")])

    done = init(conf, secrets, SUITE_MODULES="base")

    assert done.returncode == 0, done.stderr
    assert password_is(database, "chosen")


def test_misspelt_module_is_an_error(place, secrets):
    _database, conf = place

    done = init(conf, secrets, SUITE_MODULES="queue_job,order_managment")

    assert done.returncode == 1
    assert "not installed: order_managment;" in done.stderr
    assert "SUITE_MODULES" in done.stderr


@pytest.mark.slow
def test_upgrade_updates_and_finishes(place, secrets):
    database, conf = place
    database.sql(
        "UPDATE ir_module_module SET latest_version = '19.0.0.0.1'"
        " WHERE name = 'report_xlsx'"
    )

    done = init(conf, secrets, "upgrade", SUITE_UPGRADE="report_xlsx")

    assert done.returncode == 0, done.stderr
    version = database.sql(
        "SELECT latest_version FROM ir_module_module WHERE name = 'report_xlsx'"
    )
    assert version[0][0] > "19.0.1"


@pytest.mark.slow
def test_new_database_is_created_with_its_own_password(secrets, tmp_path):
    database = harness.Database.existing(f"t_init_{tmp_path.stat().st_ino}")
    conf = stack.host_conf(tmp_path / "odoo.conf", database.name, 1, 2)
    try:
        done = init(conf, secrets, SUITE_MODULES="base,web")

        assert done.returncode == 0, done.stderr
        assert password_is(database, (secrets / "admin_password").read_text())
        assert not database.sql("SELECT 1 FROM ir_module_module WHERE demo")
    finally:
        database.drop()


def test_missing_secret_is_an_error(place, secrets, tmp_path):
    database, conf = place
    database.sql(
        "DELETE FROM ir_config_parameter WHERE key = 'deploy.admin_password_checked'"
    )
    only = tmp_path / "secrets"
    only.mkdir()
    (only / "db_password").write_text((secrets / "db_password").read_text())

    done = init(conf, only, SUITE_MODULES="base")

    assert done.returncode == 1
    assert "deploy/init-secrets.sh" in done.stderr
