"""./run and ./test called wrongly: one clear sentence, nothing changed."""

import os
import re
import shutil
import socket
import subprocess
import sys

import pytest

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import suitelib  # noqa: E402

RUN = harness.SOURCE / "run"


def call(*args, command=RUN, **environment):
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("SUITE_", "PG", "ODOO_", "LD_"))
    }
    done = subprocess.run(
        [str(command), *args],
        capture_output=True,
        text=True,
        env={**env, "SUITE_HOME": str(harness.PREFIX), **environment},
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--nonsense"], "unknown option '--nonsense'"),
        (["--port"], "--port wants a value"),
        (["--port", "http"], "--port wants a number, not 'http'"),
        (["--port", "80"], "--port must be between 1024 and 65534"),
        (["--addons", "no_such"], "no addon 'no_such' here; there are: "),
    ],
)
def test_wrong_arguments(args, sentence):
    code, output = call(*args)
    assert code == 1
    assert sentence in output
    assert "Traceback" not in output


def test_a_running_database_holds_no_lock():
    """The next ./run or ./test would wait for "another setup" until it ends."""
    lock = str(harness.PREFIX / "setup.lock")
    done = subprocess.run(["flock", "--wait", "60", lock, "true"], check=False)
    assert done.returncode == 0


def test_bytecode_is_kept():
    """Where the machine forbids it, each start of Odoo would compile all its files."""
    done = subprocess.run(
        ["bash", "-c", '. "$0/env"; echo "${PYTHONDONTWRITEBYTECODE-kept}"']
        + [str(harness.PREFIX)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert done.stdout == "kept\n"


def test_busy_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        port = sock.getsockname()[1]
        code, output = call("--port", str(port))
    assert code == 1
    assert f"port {port} is in use" in output
    assert "--port N" in output


def test_help_names_every_option():
    code, output = call("--help")
    assert code == 0
    for option in ("--addons", "--fresh", "--port", "--dev", "--stop", "--clean"):
        assert option in output
    assert "ODOO_HOME" in output and "ODOO_ARCHIVE" in output


def test_unknown_system_is_pointed_to_docker(tmp_path):
    """The check reads /etc/os-release; a shell function stands in for that file."""
    script = f"""
        set -u; PROGRAM=./run; . {harness.SOURCE}/scripts/lib.sh
        eval "$(declare -f check_system | sed 's#/etc/os-release#{tmp_path}/os#g')"
        check_system"""
    (tmp_path / "os").write_text(
        'ID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43"\n'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.returncode == 1
    assert "this is Fedora Linux 43" in done.stderr
    assert "docker compose" in done.stderr


def test_missing_tool_is_one_sentence(tmp_path):
    for tool in ("bash", "awk", "dirname", "readlink", "id"):
        os.symlink(shutil.which(tool), tmp_path / tool)
    done = subprocess.run(
        [shutil.which("bash"), str(RUN)],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 1
    assert "the tool 'apt-get' is missing" in done.stderr


def source_script(tmp_path, **environment):
    """Run scripts/odoo_source.sh's `find_odoo_source` in an empty prefix."""
    script = f"""
        set -euo pipefail; PROGRAM=./run; . {harness.SOURCE}/scripts/lib.sh
        . {harness.SOURCE}/scripts/odoo_source.sh
        P={tmp_path}; apt_options; find_odoo_source
        echo "$ODOO_KIND|$ODOO_PYTHON_PATH"
        [ -n "${{UNPACK:-}}" ] || exit 0
        mkdir -p {tmp_path}/out; unpack_odoo {tmp_path}/out"""
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr


def make_archive(tmp_path, version="19, 0"):
    """A tiny tree in the shape of the real one."""
    dist = tmp_path / "usr/lib/python3/dist-packages/odoo"
    dist.mkdir(parents=True)
    (dist / "release.py").write_text(f"version_info = ({version}, 0, 'final', 0, '')\n")
    archive = tmp_path / "odoo.tar.xz"
    subprocess.run(["tar", "-C", tmp_path, "-cJf", archive, "usr"], check=True)
    return archive


def test_odoo_home(tmp_path):
    make_archive(tmp_path)
    code, output, _error = source_script(tmp_path, ODOO_HOME=str(tmp_path))
    assert code == 0
    assert output == f"home|{tmp_path}/usr/lib/python3/dist-packages"


def test_odoo_home_without_odoo(tmp_path):
    code, _output, error = source_script(tmp_path, ODOO_HOME=str(tmp_path))
    assert code == 1
    assert "holds no Odoo" in error


def test_odoo_home_of_another_version(tmp_path):
    make_archive(tmp_path, version="18, 0")
    code, _output, error = source_script(tmp_path, ODOO_HOME=str(tmp_path))
    assert code == 1
    assert "is not 19.0" in error


def test_unknown_archive_is_refused_with_its_sum(tmp_path):
    archive = make_archive(tmp_path)
    code, _output, error = source_script(tmp_path, ODOO_ARCHIVE=str(archive))
    assert code == 1
    assert "ODOO_ARCHIVE_SHA256=" in error


def test_damaged_archive_is_refused(tmp_path):
    archive = make_archive(tmp_path)
    code, _output, error = source_script(
        tmp_path, ODOO_ARCHIVE=str(archive), ODOO_ARCHIVE_SHA256="0" * 64
    )
    assert code == 1
    assert "is damaged or another file" in error


def test_archive_is_unpacked_and_mended(tmp_path):
    archive = make_archive(tmp_path)
    checksum = subprocess.run(
        ["sha256sum", archive], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    environment = {"ODOO_ARCHIVE": str(archive), "ODOO_ARCHIVE_SHA256": checksum}
    code, output, error = source_script(tmp_path, UNPACK="1", **environment)
    assert code == 0, error
    assert output.startswith("archive|")
    addons = tmp_path / "out/usr/lib/python3/dist-packages/odoo/addons"
    stub = addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    assert stub.exists()


def oca_modules():
    """Modules that come as wheels, not with Odoo."""
    pins = (harness.SOURCE / "requirements-oca.txt").read_text()
    names = re.findall(r"^odoo-addon-([^=\s]+)==", pins, re.MULTILINE)
    return {name.replace("-", "_") for name in names}


# Continuous integration has the stand-in for the package; others have none to test.
if "SUITE_TEST_ARCHIVE" in os.environ:

    def test_real_archive_starts():
        """The stand-in for the package gives an Odoo 19 with every module we need."""
        work = harness.PREFIX / "archive-test"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            code, _output, error = source_script(
                work, UNPACK="1", ODOO_ARCHIVE=os.environ["SUITE_TEST_ARCHIVE"]
            )
            assert code == 0, error
            dist = work / "out/usr/lib/python3/dist-packages"
            code = f"""if True:
                import sys
                ours = {str(harness.PREFIX / "odoo")!r}
                sys.path = [path for path in sys.path if not path.startswith(ours)]
                sys.path.insert(0, {str(dist)!r})
                import odoo.cli
                assert odoo.__path__[0].startswith({str(dist)!r}), odoo.__path__
                import odoo.release
                print(odoo.release.version)"""
            done = subprocess.run(
                [str(harness.PREFIX / "venv/bin/python"), "-c", code],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("19.0")
            missing = {
                module
                for module in set(suitelib.outside_dependencies()) - oca_modules()
                if not (dist / "odoo/addons" / module / "__manifest__.py").exists()
            }
            assert not missing
        finally:
            shutil.rmtree(work, ignore_errors=True)
