"""Second half of ./run, inside the environment that setup.sh made: database, server.

Also `--stop` and `--check ARGUMENTS`, which need nothing but a Python.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pg_memory
import pg_use
import suitelib

PREFIX = Path(os.environ["SUITE_HOME"])
STATE = PREFIX / "run.json"
# English by name: --load-language switches off what it does not name
#: jobs at once, see odoo.conf
JOB_CHANNELS = (
    "root:3,root.stock_sync:2,root.stock_sync.orders:1,root.stock_sync.stock:1"
)
LANGUAGES = ("en_US", "vi_VN", "zh_CN")


def fail(text):
    print(f"\n./run: {text}", file=sys.stderr)
    sys.exit(1)


def running_instance():
    """The state file of a living ./run of this prefix, or None."""
    with contextlib.suppress(OSError, ValueError):
        state = json.loads(STATE.read_text())
        command = Path(f"/proc/{state['pid']}/cmdline").read_bytes()
        if b"suite_run.py" in command:
            return state
    return None


def check_port(port):
    state = running_instance()
    if state:
        fail(
            f"already running on http://127.0.0.1:{state['port']} "
            "(./run --stop ends it)"
        )
    for number in (port, port + 1):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", number))
            except OSError:
                fail(
                    f"port {number} is in use by another program: "
                    "choose another with --port N"
                )


def stop():
    """End a ./run of this prefix, and its PostgreSQL unless somebody else needs it."""
    state = running_instance()
    if state:
        os.kill(state["pid"], signal.SIGTERM)
        for _attempt in range(300):
            if not running_instance():
                break
            time.sleep(0.1)
        STATE.unlink(missing_ok=True)
    print("stopped" if state else "nothing was running")
    if not pg_use.stop_unless_held():
        text = (
            "PostgreSQL goes on: another ./run or ./test of this prefix works with it"
        )
        if os.environ.get("SUITE_CLEAN") == "1":
            fail(f"{text}. End that first; nothing was removed")
        print(text)
    elif os.environ.get("SUITE_CLEAN") == "1":
        pg_memory.free_folders()


def parse_arguments(argv):
    parser = argparse.ArgumentParser(prog="./run", add_help=False)
    parser.add_argument("--addons", default="")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument("--dev", action="store_true")
    return parser.parse_args(argv)


class Runner:
    def __init__(self, options):
        self.port = options.port
        self.dev = options.dev
        self.fresh = options.fresh
        wanted = [name for name in options.addons.split(",") if name]
        self.addons = suitelib.check_addons(wanted or suitelib.manifests())
        self.database = "suite_" + "_".join(wanted) if wanted else "suite"
        self.database = self.database[:60]
        self.url = f"http://127.0.0.1:{self.port}"
        self.odoo = None

    # --- database --------------------------------------------------------------------
    def prepare_database(self):
        key = suitelib.fingerprint(
            [suitelib.ADDONS_DIR / name for name in suitelib.manifests()],
            suitelib.setup_key(),
            *self.addons,
        )
        built = suitelib.stamp(self.database)
        if self.fresh or built is None:
            suitelib.drop_database(self.database)
        exists = suitelib.database_exists(self.database)
        if exists and built == key:
            return
        log_name = f"install-{self.database}"
        if exists:
            suitelib.say(f"the addons have changed: updating database {self.database}")
            extra = ["-u", ",".join(self.addons)]
            suitelib.install(self.database, self.addons, log_name, extra=extra)
        else:
            suitelib.say(
                f"making database {self.database} with demo data (2-4 minutes)"
            )
            # what others made first, as ./test does; the languages are there then
            others = suitelib.outside_dependencies(self.addons)
            suitelib.install(
                self.database, others, f"{log_name}-others", languages=LANGUAGES
            )
            suitelib.install(self.database, self.addons, log_name)
        suitelib.set_stamp(self.database, key)

    # --- server ----------------------------------------------------------------------
    def start_server(self):
        config = suitelib.write_config(
            PREFIX / "odoo.conf",
            http_port=self.port,
            gevent_port=self.port + 1,
            db_name=self.database,
            dbfilter=f"^{self.database}$",
            list_db="False",
            log_handler=":INFO,werkzeug:WARNING",
        )
        command = ["odoo", "-c", str(config)]
        if self.dev:
            command.append("--dev=reload,qweb,xml")
        self.log_path = suitelib.LOG_DIR / "odoo.log"
        self.odoo = subprocess.Popen(
            command,
            stdout=self.log_path.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={
                **os.environ,
                "ODOO_QUEUE_JOB_CHANNELS": JOB_CHANNELS,
                "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
                "ODOO_QUEUE_JOB_PORT": str(self.port),
            },
        )
        STATE.write_text(json.dumps({"pid": os.getpid(), "port": self.port}))
        suitelib.say("starting the web client")
        self._wait_until_up()
        self._warm_up()

    def _wait_until_up(self):
        for _attempt in range(600):
            if self.odoo.poll() is not None:
                tail = self.log_path.read_text(errors="replace")[-2000:]
                raise suitelib.SuiteError(f"Odoo ended at its start:\n{tail}")
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                    return
            time.sleep(0.2)
        raise suitelib.SuiteError(f"no answer on {self.url}; see {self.log_path}")

    def _warm_up(self):
        """Log in once: the first page of a new database compiles the assets (10 s)."""
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )
        params = {"db": self.database, "login": "admin", "password": "admin"}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        request = urllib.request.Request(
            f"{self.url}/web/session/authenticate",
            data=body.encode(),
            headers={"Content-Type": "application/json"},
        )
        with contextlib.suppress(OSError):
            browser.open(request, timeout=60).read()
            page = browser.open(f"{self.url}/odoo", timeout=120).read().decode()
            for part in page.split('"'):
                if part.startswith("/web/assets/"):
                    browser.open(self.url + part, timeout=120).read()

    def greet(self):
        portal = ""
        if "distribution" in self.addons:
            portal = f"""
  Dealers' portal:  {self.url}/my       (dealer, dealer or distributor, distributor)"""
        customers = ", Customer Care > Customers" if "crm_plus" in self.addons else ""
        print(
            f"""
  The suite runs:   {self.url}/odoo
  User, password:   admin, admin        (database {self.database}, with demo data)
  Look first at:    Order Hub > Inbox, Order Hub > Orders{customers}; the
                    user menu > My Preferences switches to Vietnamese or Chinese{portal}
  Log:              {self.log_path}
  Stop:             Ctrl-C here, or ./run --stop
""",
            flush=True,
        )

    def wait(self):
        code = self.odoo.wait()
        if code not in (0, -signal.SIGTERM, -signal.SIGINT):
            raise suitelib.SuiteError(
                f"Odoo ended by itself (exit code {code}); see {self.log_path}"
            )

    def stop_server(self):
        if self.odoo and self.odoo.poll() is None:
            os.killpg(self.odoo.pid, signal.SIGTERM)
            try:
                self.odoo.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.odoo.pid, signal.SIGKILL)
                self.odoo.wait()


def interrupt(_number, _frame):
    raise KeyboardInterrupt


def start(argv):
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    runner = None
    owns_postgres = (PREFIX / "pg-started").read_text().strip() == "1"
    in_use = pg_use.hold()
    try:
        runner = Runner(parse_arguments(argv))
        pg_use.be_safe()
        runner.prepare_database()
        runner.start_server()
        runner.greet()
        runner.wait()
    except KeyboardInterrupt:
        print("\nstopping ...", flush=True)
    except suitelib.SuiteError as error:
        fail(str(error))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if runner:
            runner.stop_server()
        # what ran before this process started goes on after it
        pg_use.leave(in_use, owns_postgres)
        STATE.unlink(missing_ok=True)


def main():
    argv = sys.argv[1:]
    if argv[:1] == ["--stop"]:
        stop()
    elif argv[:1] == ["--check"]:
        options = parse_arguments(argv[1:])
        try:
            suitelib.check_addons(filter(None, options.addons.split(",")))
        except suitelib.SuiteError as error:
            fail(str(error))
        check_port(options.port)
    else:
        start(argv)


if __name__ == "__main__":
    main()
