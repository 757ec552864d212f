# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The way to the channels: no private networks, no endless answers, no secrets told."""

import datetime
import http.server
import ipaddress
import ssl
import threading

import pytest
from channels import Transport, errors
from channels import transport as transport_module
from channels.transport import is_public, public_address
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "shop.example.com"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path; keeps the Host header it was asked with."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        status, headers, body = self.server.answers.get(
            self.path.partition("?")[0], (200, {}, b'{"price": 0.1}')
        )
        if body is None:
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.hosts, server.answers = [], {}
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def server():
    running = serve()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def open_way(server):
    with Transport(allow_private=True, timeout=(10, 5), max_bytes=1000) as transport:
        transport.base = f"http://127.0.0.1:{server.server_port}"
        yield transport


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example.com/",
        "file:///etc/passwd",
        "//shop.example.com/",
        "http://user:secret@shop.example.com/",
        "http://",
        "",
        "http://localhost/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0/",
        "http://2130706433/",
    ],
)
def test_addresses_that_must_not_be_called(url):
    with pytest.raises(errors.Misconfigured):
        Transport().request("GET", url)


def test_one_private_address_among_several(monkeypatch):
    def resolve(host, port, type):
        return [
            (2, 1, 6, "", ("8.8.8.8", port)),
            (2, 1, 6, "", ("10.0.0.1", port)),
        ]

    monkeypatch.setattr(transport_module.socket, "getaddrinfo", resolve)
    with pytest.raises(errors.Misconfigured):
        public_address(HOST, 443)


def test_a_name_nobody_knows(monkeypatch):
    def resolve(*args, **kwargs):
        raise OSError("unknown")

    monkeypatch.setattr(transport_module.socket, "getaddrinfo", resolve)
    with pytest.raises(errors.Unavailable):
        Transport().request("GET", "https://nobody.invalid/")


def test_the_checked_address_is_called_under_its_name(server, monkeypatch):
    """A second look-up that answers differently would change nothing."""
    monkeypatch.setattr(
        transport_module, "public_address", lambda host, port: "127.0.0.1"
    )
    url = f"http://{HOST}:{server.server_port}/x"
    with Transport() as transport:
        assert transport.request("GET", url).status == 200
    assert server.hosts == [f"{HOST}:{server.server_port}"]


@pytest.mark.parametrize(
    ("host", "is_inner"),
    [
        ("localhost", True),
        ("odoo", True),
        ("127.0.0.1", True),
        ("192.168.1.7", True),
        ("::1", True),
        ("erp.local", True),
        ("erp.example.com", False),
        ("8.8.8.8", False),
    ],
)
def test_hosts_that_nobody_outside_can_call(host, is_inner):
    assert transport_module.is_inner_host(host) is is_inner


def test_tls_still_wants_the_name(tmp_path, monkeypatch):
    monkeypatch.setattr(
        transport_module, "public_address", lambda host, port: "127.0.0.1"
    )
    certificate = make_certificate(tmp_path, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    running = serve(context)
    try:
        with Transport(timeout=(30, 30)) as transport:
            transport._session.verify = str(certificate)
            url = f"https://{HOST}:{running.server_port}/x"
            assert transport.request("GET", url).status == 200
            other = f"https://other.example.com:{running.server_port}/x"
            with pytest.raises(errors.Unavailable) as caught:
                transport.request("GET", other)
            # said in its own words: another address or another certificate helps
            assert caught.value.code == "tls"
    finally:
        running.shutdown()
        running.server_close()


def make_certificate(folder, name):
    """A certificate of ``name`` alone, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def test_money_keeps_its_digits(open_way):
    answer = open_way.request("GET", f"{open_way.base}/x")
    assert str(answer.json()["price"]) == "0.1"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((429, {"Retry-After": "7"}, b""), errors.RateLimited),
        ((503, {"Retry-After": "9"}, b""), errors.Unavailable),
        ((502, {}, b""), errors.Unavailable),
        ((200, {}, None), errors.Unavailable),
        ((200, {"Content-Length": "500"}, b"short"), errors.Unavailable),
        ((200, {}, b"x" * 1001), errors.BadAnswer),
    ],
)
def test_what_goes_wrong_on_the_way(open_way, server, answer, error):
    server.answers["/x"] = answer
    with pytest.raises(error) as caught:
        open_way.request("GET", f"{open_way.base}/x?sign=S3CRET")
    assert caught.value.is_temporary
    assert "S3CRET" not in str(caught.value)
    if "Retry-After" in answer[1]:
        assert caught.value.retry_after == int(answer[1]["Retry-After"])


@pytest.mark.parametrize("value", ["soon", "-5", "Fri, 01 Jan 2027 00:00:00 GMT", ""])
def test_a_retry_after_that_is_no_number(open_way, server, value):
    server.answers["/x"] = (429, {"Retry-After": value}, b"")
    with pytest.raises(errors.RateLimited) as caught:
        open_way.request("GET", f"{open_way.base}/x")
    assert caught.value.retry_after is None


def test_redirects_are_not_followed(open_way, server):
    server.answers["/x"] = (302, {"Location": "http://169.254.169.254/"}, b"")
    assert open_way.request("GET", f"{open_way.base}/x").status == 302
    assert len(server.hosts) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"[" * 900])
def test_no_json(open_way, server, body):
    server.answers["/x"] = (200, {}, body)
    with pytest.raises(errors.BadAnswer):
        open_way.request("GET", f"{open_way.base}/x").json()


def test_the_bucket_is_asked_before_the_channel(server):
    asked = []

    def throttle(bucket, cost):
        asked.append((bucket, cost))
        raise errors.RateLimited(retry_after=3)

    with Transport(throttle, allow_private=True) as transport:
        url = f"http://127.0.0.1:{server.server_port}/x"
        with pytest.raises(errors.RateLimited):
            transport.request("GET", url, bucket="stock", cost=2)
    assert asked == [("stock", 2)] and not server.hosts
