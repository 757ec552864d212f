"""The services of docker-compose.yml as plain processes, without containers.

Commands and environments are read from the compose file itself, odoo.conf and the
nginx files are the shipped ones. Only what a container would provide differs: paths,
ports, the database's address. The names of what is replaced are in `CONF_REPLACED`
and in `Proxy.environment`; nothing else is touched.
"""

import configparser
import json
import os
import re
import signal
import socket
import socketserver
import struct
import subprocess
import threading

import requests

from .. import harness

SOURCE = harness.SOURCE
DEPLOY = SOURCE / "deploy"
COMPOSE_FILE = SOURCE / "docker-compose.yml"
#: keys of odoo.conf that a host has to set for itself: paths, addresses, names
CONF_REPLACED = {
    "options": {
        "addons_path",
        "data_dir",
        "screenshots",
        "db_host",
        "db_port",
        "db_user",
        "db_name",
        "dbfilter",
        "http_interface",
        "http_port",
        "gevent_port",
    },
    "queue_job": {"port"},
}


def compose(*args, env=None, file=COMPOSE_FILE):
    """Run docker-compose on the shipped file; the completed process.

    The environment of whoever runs the tests must not fill the file's variables.
    """
    clean = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.run(
        ["docker-compose", "-f", str(file), "--env-file", "/dev/null", *args],
        capture_output=True,
        text=True,
        env={**clean, **(env or {})},
        check=False,
    )


def compose_services(env=None):
    """The services as Compose itself resolves them, every profile included."""
    done = compose("--profile", "*", "config", "--format", "json", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def derive_conf(target, source=SOURCE / "odoo.conf", **sections):
    """Copy odoo.conf with some keys replaced, line by line, all else untouched."""
    left = {section: dict(values) for section, values in sections.items()}
    section, lines = None, []
    for line in source.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\[(\w+)\]$", line):
            section = match[1]
        elif match := re.match(r"(\w+) = ", line):
            if match[1] in left.get(section, ()):
                line = f"{match[1]} = {left[section].pop(match[1])}"
        lines.append(line)
    assert not any(left.values()), f"odoo.conf has no such keys: {left}"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def host_conf(target, database, port, gevent_port):
    """The shipped odoo.conf for this machine: only `CONF_REPLACED` differs."""
    options = {
        "addons_path": SOURCE / "addons",
        "data_dir": harness.DATA_DIR,
        "screenshots": target.parent / "screenshots",
        # by TCP, as between containers
        "db_host": "127.0.0.1",
        "db_port": os.environ["PGPORT"],
        "db_user": os.environ["PGUSER"],
        "db_name": database,
        "dbfilter": f"^{re.escape(database)}$",
        "http_interface": "127.0.0.1",
        "http_port": port,
        "gevent_port": gevent_port,
    }
    queue_job = {"port": port}
    assert options.keys() == CONF_REPLACED["options"]
    assert queue_job.keys() == CONF_REPLACED["queue_job"]
    return derive_conf(target, options=options, queue_job=queue_job)


def read_conf(path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def environment_without(*prefixes):
    return {k: v for k, v in os.environ.items() if not k.startswith(prefixes)}


def make_secrets(directory, host="localhost"):
    """What deploy/init-secrets.sh makes, with this cluster's database password."""
    directory.mkdir(mode=0o700, exist_ok=True)
    (directory / "db_password").write_text(os.environ["PGPASSWORD"])
    subprocess.run(
        [DEPLOY / "init-secrets.sh", host],
        env={**os.environ, "SECRETS_DIR": str(directory)},
        check=True,
        capture_output=True,
    )
    return directory


class Process:
    """A process group with its output in a file."""

    def __init__(self, log_path):
        self.log_path = log_path
        self._process = None

    def launch(self, command, env):
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def alive(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"ended at its start:\n{self.log()[-3000:]}")
        return True

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def ask_to_stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self, timeout=30):
        """End it gently; what is left after ``timeout`` seconds is killed."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()


class OdooService(Process):
    """The compose service ``name`` (web or jobs), through the image's entry script."""

    def __init__(self, name, database, secrets, directory, compose_env=None):
        super().__init__(directory / f"{name}.log")
        self.name = name
        self.service = compose_services(compose_env)[name]
        self.port, self.gevent_port = harness.free_port(), harness.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._secrets, self._directory = secrets, directory
        self.conf = host_conf(
            directory / f"{name}.conf", database, self.port, self.gevent_port
        )

    def launch_service(self):
        """Start it without waiting, so that several services start side by side."""
        entrypoint = self._directory / "entrypoint.sh"
        entrypoint.write_text('#!/bin/sh\nexec "$@"\n')
        entrypoint.chmod(0o755)
        env = {
            **environment_without("PG", "ODOO_"),
            **self.service["environment"],
            "SECRETS_DIR": str(self._secrets),
            "IMAGE_ENTRYPOINT": str(entrypoint),
            "TMPDIR": str(self._directory),
            "ODOO_RC": str(self.conf),
        }
        self.launch([DEPLOY / "entry.sh", *self.service["command"]], env)
        return self

    def start(self, timeout=120):
        """:raises TimeoutError: when it does not answer in time"""
        if self._process is None:
            self.launch_service()
        harness.wait_until(self._is_up, timeout, 0.2, self.name)
        return self

    def _is_up(self):
        self.alive()
        urls = [f"{self.url}/web/health"]
        if self.name == "web":
            urls.append(f"http://127.0.0.1:{self.gevent_port}/websocket/health")
        try:
            return all(requests.get(url, timeout=5).ok for url in urls)
        except requests.RequestException:
            return False

    def workers(self, kind="WorkerHTTP"):
        """Process ids of the workers of one kind that said they are alive, in order."""
        return [
            int(pid)
            for pid in re.findall(rf"Worker {kind} \((\d+)\) alive", self.log())
        ]

    def problems(self):
        """Log lines of level WARNING or above, and anything that is no log line."""
        line = re.compile(r"\d{4}-\d\d-\d\d \S+ \d+ (?:INFO|DEBUG) ")
        return [text for text in self.log().splitlines() if not line.match(text)]


class Proxy(Process):
    """nginx with the shipped files, rendered as the image's entry point does it."""

    def __init__(self, directory, secrets, web, websocket, **environment):
        directory.mkdir(exist_ok=True)
        super().__init__(directory / "nginx.log")
        self.directory = directory
        self.http_port, self.https_port = harness.free_port(), harness.free_port()
        self.url = f"https://localhost:{self.https_port}"
        self.http_url = f"http://localhost:{self.http_port}"
        self.certificate = str(secrets / "tls_certificate")
        self.environment = {
            **compose_services()["proxy"]["environment"],
            "RESOLVER": "127.0.0.1:9",
            "HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
            "HTTPS_LISTEN": f"127.0.0.1:{self.https_port}",
            "HTTPS_PORT": str(self.https_port),
            "ODOO_HTTP": web,
            "ODOO_WEBSOCKET": websocket,
            "TLS_CERTIFICATE": self.certificate,
            "TLS_KEY": str(secrets / "tls_key"),
            **environment,
        }
        self._render()

    def _render(self):
        conf_d = self.directory / "conf.d"
        conf_d.mkdir()
        for name in ("nginx.conf", "proxy.conf"):
            text = (DEPLOY / "nginx" / name).read_text()
            (self.directory / name).write_text(text)
        # comes with the image
        (self.directory / "mime.types").write_text("types { text/html html; }\n")
        template = DEPLOY / "nginx" / "templates" / "odoo.conf.template"
        (conf_d / "odoo.conf").write_text(self.substitute(template.read_text()))
        # where the image's nginx was told to write when it was built
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        lines = [f"{name}_temp_path {self.directory}/{name};\n" for name in places]
        (conf_d / "places.conf").write_text("".join(lines))

    def substitute(self, text):
        """As `envsubst` in the image: only names that the environment has."""
        return re.sub(r"\$\{(\w+)\}", lambda m: self.environment.get(m[1], m[0]), text)

    def command(self, *args):
        return [
            "nginx",
            *("-p", str(self.directory)),
            *("-c", str(self.directory / "nginx.conf")),
            *("-e", "stderr"),
            *("-g", f"daemon off; pid {self.directory}/nginx.pid;"),
            *args,
        ]

    def start(self, timeout=20):
        self.launch(self.command(), dict(os.environ))
        harness.wait_until(self._listens, timeout, 0.05, "nginx")
        return self

    def _listens(self):
        self.alive()
        try:
            socket.create_connection(("127.0.0.1", self.https_port), 1).close()
        except OSError:
            return False
        return True


class NameServer(socketserver.ThreadingUDPServer):
    """Answers like Docker's: all addresses of a name, which may change at any time."""

    daemon_threads = True

    def __init__(self, addresses):
        self.addresses = addresses
        super().__init__(("127.0.0.1", 0), _NameHandler)

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self.shutdown()
        self.server_close()


class _NameHandler(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        labels, position = [], 12
        while length := query[position]:
            labels.append(query[position + 1 : position + 1 + length].decode())
            position += length + 1
        question = query[12 : position + 5]
        found = self.server.addresses.get(".".join(labels), ())
        header = struct.pack(
            ">2sHHHHH", query[:2], 0x8180 if found else 0x8183, 1, len(found), 0, 0
        )
        # 600 s, as Docker says: the proxy must not believe it
        answers = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 600, 4) + socket.inet_aton(address)
            for address in found
        )
        sock.sendto(header + question + answers, self.client_address)
