"""nginx with the shipped configuration in front of small stand-in servers."""

import http.server
import re
import subprocess
import threading
import time

import pytest
import requests

from .. import harness
from . import stack


class _Web(http.server.ThreadingHTTPServer):
    """A web container's HTTP port, on a loopback address of its own."""

    daemon_threads = True

    def __init__(self, address, port):
        self.requests = []
        super().__init__((address, port), _WebHandler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self.shutdown()
        self.server_close()


class _WebHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        body = self.server.server_address[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def backend_port():
    return harness.free_port()


@pytest.fixture(scope="module")
def names():
    with stack.NameServer({"web": ["127.0.0.2", "127.0.0.3"]}) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(directory, secrets, names, backend_port):
    web = f"web:{backend_port}"
    place = directory / "balancer"
    with stack.Proxy(place, secrets, web, web, RESOLVER=names.address) as proxy:
        yield proxy


def ask(proxy, path="/", count=1, **headers):
    answers = []
    for _attempt in range(count):
        response = requests.get(
            proxy.url + path, verify=proxy.certificate, headers=headers, timeout=10
        )
        answers.append((response.status_code, response.text))
    return answers


@pytest.fixture(autouse=True)
def own_certificate_only(monkeypatch):
    """A bundle named in the environment would win over the argument `verify`."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


def test_nginx_accepts_the_configuration(proxy):
    done = subprocess.run(
        proxy.command("-t"), capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_nginx_finds_a_mistake(proxy, tmp_path):
    text = (proxy.directory / "nginx.conf").read_text()
    broken = proxy.directory / "broken.conf"
    broken.write_text(text.replace("keepalive_timeout", "keepalive_time_out"))
    command = [
        word if word[-10:] != "nginx.conf" else str(broken)
        for word in proxy.command("-t")
    ]

    assert subprocess.run(command, capture_output=True).returncode != 0


def test_every_placeholder_is_filled(proxy):
    text = (proxy.directory / "conf.d" / "odoo.conf").read_text()

    assert "${" not in re.sub(r"^ *#.*$", "", text, flags=re.M)


def test_requests_are_shared_and_the_dead_are_left_out(proxy, backend_port):
    with _Web("127.0.0.2", backend_port) as first:
        with _Web("127.0.0.3", backend_port) as second:
            assert {code for code, _text in ask(proxy, count=30)} == {200}
            assert len(first.requests) >= 5
            assert len(second.requests) >= 5
        # its address is still given out
        assert set(ask(proxy, count=20)) == {(200, "127.0.0.2")}


def test_new_containers_are_found_without_a_restart(proxy, names, backend_port):
    with _Web("127.0.0.2", backend_port), _Web("127.0.0.4", backend_port):
        assert set(ask(proxy, count=5)) == {(200, "127.0.0.2")}
        names.addresses = {"web": ["127.0.0.4"]}
        started = time.monotonic()
        harness.wait_until(
            lambda: ask(proxy) == [(200, "127.0.0.4")], 15, 0.5, "the new address"
        )
        assert time.monotonic() - started < 12
        names.addresses = {"web": ["127.0.0.2", "127.0.0.4"]}


def test_upgrade_is_passed_on_for_websockets_only(proxy, backend_port):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    with (
        _Web("127.0.0.2", backend_port) as first,
        _Web("127.0.0.3", backend_port) as second,
        _Web("127.0.0.4", backend_port) as third,
    ):
        ask(proxy, "/websocket?version=1", **upgrade)
        ask(proxy, "/web/login", **upgrade)
        seen = dict(first.requests + second.requests + third.requests)

    assert seen["/websocket?version=1"]["Upgrade"] == "websocket"
    assert seen["/websocket?version=1"]["Connection"] == "upgrade"
    assert "Upgrade" not in seen["/web/login"]
    assert seen["/web/login"]["Connection"] == "close"


def test_redirect_leaves_the_usual_port_out(directory, secrets):
    usual = stack.compose_services()["proxy"]["environment"]["HTTPS_PORT"]
    place = directory / "usual-port"

    with stack.Proxy(place, secrets, "web:1", "web:1", HTTPS_PORT=usual) as proxy:
        answer = requests.get(
            f"{proxy.http_url}/odoo?debug=1", allow_redirects=False, timeout=10
        )

    assert answer.headers["Location"] == "https://localhost/odoo?debug=1"
