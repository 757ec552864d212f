"""The wkhtmltopdf stand-in prints documents like Odoo's, without Odoo."""

import os
import re
import resource
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PyPDF2 import PdfReader

from ..harness import wait_until
from .documents import Job, lines, page_texts, positions, wait_gone, web_server

MM = 72 / 25.4
FOOTER = 'Page <span class="page"></span> of <span class="topage"></span>'


@pytest.fixture
def temporary():
    """A directory for the calls' own temporary files, to see what they leave."""
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as folder:
        yield Path(folder)


# ---------------------------------------------------------------- prints


def test_bodies_become_one_file_that_odoo_can_split(job):
    job.paper(10, 10, 0, "A4")
    job.body("<h2>Order  S1</h2>" + lines("first", 120))
    job.body("<p>second</p>").body("<h3>Third</h3>")
    assert job.run() == (0, "")
    reader = PdfReader(job.output)
    texts = page_texts(job.output)
    assert len(texts) == 5
    assert [float(x) for x in reader.pages[0].mediabox[2:]] == pytest.approx(
        (595.3, 841.9), abs=1
    )
    assert "first1\n" in texts[0] and "first120" in texts[2]
    # the way Odoo's ir.actions.report reads the outline
    root = reader.trailer["/Root"]
    node, pages, titles = root["/Outlines"]["/First"], [], []
    while True:
        pages.append(root["/Dests"][node["/Dest"]][0])
        titles.append(node["/Title"])
        if "/Next" not in node:
            break
        node = node["/Next"]
    assert pages == [0, 3, 4]
    assert titles == ["Order S1", "Document 2", "Third"]


def test_header_and_footer_stand_on_every_page_of_their_document(job):
    job.paper()
    job.body(lines("alpha", 300)).body(lines("beta", 5)).body(lines("gamma", 60))
    job.overlay("header", ["Head of A", "Head of B", "Head of C"])
    job.overlay("footer", [f"A {FOOTER}", f"B {FOOTER}", f"C {FOOTER}"])
    assert job.run() == (0, "")
    texts = job.pages()
    counts = {name: sum(f"Head of {name}" in t for t in texts) for name in "ABC"}
    assert counts["A"] > 8 and counts["B"] == 1 and counts["C"] > 1
    assert sum(counts.values()) == len(texts) > 10, "more pages than one sheet takes"
    expected = [
        (name, f"{name} Page {number} of {count}")
        for name, count in counts.items()
        for number in range(1, count + 1)
    ]
    for (name, footer), text in zip(expected, texts, strict=True):
        assert f"Head of {name}" in text and footer in text, text
        assert {"A": "alpha", "B": "beta", "C": "gamma"}[name] in text


def test_headers_and_footers_are_transparent_on_every_page(job):
    white = "<style>html, body {background: #fff}</style>"
    job.paper().body(lines("line", 600))
    job.overlay("header", ["head"], head=white).overlay("footer", ["foot"], head=white)
    assert job.run() == (0, "")
    pages = PdfReader(job.output).pages
    assert len(pages) > 12, "more than one sheet"
    for page in pages:
        form = page["/Resources"]["/XObject"]["/HeaderFooter"].get_data()
        assert form.count(b"BT") == 2
        assert not re.search(rb"\bre\s+f\b", form), "it would cover the body"


def test_places_and_sizes_are_wkhtmltopdf_s(job):
    job.paper().body('<p>body</p><p style="padding-top:100px">low</p>')
    job.overlay("header", ['<p style="padding-top:30px">head</p>'])
    job.overlay("footer", ["<p>foot</p>"])
    assert job.run() == (0, "")
    page = PdfReader(job.output).pages[0]
    place = {text: top for top, text in positions(page)}
    pixel = 0.768 * 96 / 90  # points, measured on wkhtmltopdf with these arguments
    assert place["low"] - place["body"] == pytest.approx(120 * pixel, abs=0.5)
    line = place["body"] - 52 * MM  # from the top of a line to its base line
    assert 0 < line < 20 * pixel
    assert place["head"] == pytest.approx(30 * pixel + line, abs=1)
    assert place["foot"] == pytest.approx((297 - 32) * MM + line, abs=1)


def test_tall_headers_and_footers_push_the_body_away(job):
    job.paper(20, 15, 20).body('<p style="height:90px"></p>' + lines("text", 100))
    job.overlay("header", [lines("head", 7)])
    job.overlay("footer", [lines("foot", 6)])
    assert job.run() == (0, "")
    reader = PdfReader(job.output)
    assert len(reader.pages) > 1
    for page in reader.pages:
        place = positions(page)
        heads = [top for top, text in place if text.startswith("head")]
        texts = [top for top, text in place if text.startswith("text")]
        feet = [top for top, text in place if text.startswith("foot")]
        assert (len(heads), len(feet)) == (7, 6), place
        assert max(heads) + 10 < min(texts)
        assert max(texts) + 3 < min(feet)
        assert max(feet) < 297 * MM - 10
    # where the body leaves room itself it stays in its place (windowed envelopes)
    first = min(top for top, text in positions(reader.pages[0]) if text == "text1")
    assert first == pytest.approx(20 * MM + 0.8192 * (90 + 14), abs=3)


def test_space_after_the_last_line_makes_no_page(job):
    job.paper(10, 10, 0).body("<p>all</p><div style='height:1500px'></div>")
    assert job.run() == (0, "")
    assert len(job.pages()) == 1


def test_rows_stay_whole_and_heads_are_repeated(job):
    rows = "".join(f"<tr><td>row{n}<br/>more{n}</td></tr>" for n in range(80))
    table = (
        f"<table><thead><tr><th>Title</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    assert job.paper(10, 10, 0).body(table).run() == (0, "")
    texts = job.pages()
    assert len(texts) > 2
    for text in texts:
        assert text.count("Title") == 1
        assert re.findall(r"row(\d+)", text) == re.findall(r"more(\d+)", text)


def test_style_sheets_are_the_screen_s_and_page_rules_don_t_count(job):
    css = (
        "@media print{.s{display:none}} @media screen{.p{display:none}}"
        "@media (min-width:100px){.w{display:none}}"
        "@page{margin:0;size:a3 landscape}"
    )
    body = '<p class="s">screen</p><p class="p">print</p><p class="w">narrow</p>'
    job.paper(30, 10, 0).body(body, head=f"<style>{css}</style>")
    assert job.run() == (0, "")
    (page,) = PdfReader(job.output).pages
    assert page.mediabox.width < page.mediabox.height < 850
    place = positions(page)
    assert [text for _, text in place] == ["screen", "narrow"]
    assert 30 * MM < place[0][0] < 30 * MM + 20


# ---------------------------------------------------------------- what is loaded


def test_the_session_s_cookie_goes_to_the_server_and_its_files_are_used(tmp_path):
    css = ("text/css", b"@media (min-width:576px){p{display:none}} i{display:none}")
    with web_server(**{"style.css": css}) as server:
        job = Job(tmp_path, server.url).cookie(
            "session_id=s3cret; HttpOnly; domain=127.0.0.1; path=/;"
        )
        head = '<link rel="stylesheet" href="/style.css"/>'
        job.body("<p>shown</p><i>hidden</i>", head=head)
        assert job.run() == (0, "")
        assert server.asked == [("/style.css", "session_id=s3cret")]
    assert [text.strip() for text in job.pages()] == ["shown"]


def test_a_server_that_is_not_there_is_told_and_the_rest_printed(job):
    job.base = "http://127.0.0.1:9"
    job.body("<p>text</p>", head='<link rel="stylesheet" href="/web/a.css"/>')
    code, error = job.run()
    assert code == 1
    assert "could not load http://127.0.0.1:9/web/a.css" in error
    assert "report.url" in error
    assert "text" in job.pages()[0]


def test_missing_style_sheets_count_and_missing_pictures_only_warn(tmp_path):
    with web_server() as server:
        job = Job(tmp_path, server.url).body('<p>a</p><img src="/no.png"/>')
        code, error = job.run()
        assert (code, "no.png: HTTP 404" in error) == (0, True)
        job.body("b", head='<link rel="stylesheet" href="/no.css"/>')
        code, error = job.run()
        assert (code, "no.css: HTTP 404" in error) == (1, True)
    assert len(job.pages()) == 2


@pytest.mark.slow
def test_a_server_that_hangs_does_not_hang_the_print(tmp_path):
    with web_server() as server:
        job = Job(tmp_path, server.url)
        job.body("<p>text</p>", head='<link rel="stylesheet" href="/hang.css"/>')
        code, error = job.run(CHROMIUM_PDF_TIMEOUT="8")
    assert code == 1
    assert "still loading after 4 s" in error
    assert "text" in job.pages()[0]


def test_files_other_hosts_and_requests_by_script_are_blocked(tmp_path):
    secret = tmp_path / "secret.html"
    secret.write_text("<p>SECRET</p>")
    with web_server(own=("text/html", b"<p>OWN DATA</p>")) as server:
        other = server.url.replace("127.0.0.1", "localhost")
        part = (
            f'<iframe src="{secret.as_uri()}"></iframe><img src="{other}/leak.png"/>'
            f'<object data="{secret.as_uri()}"></object>'
        )
        script = (
            "<script>fetch('/own').then(r => r.text()).then(t => {"
            "document.body.append(t)}).catch(() => {})</script>"
        )
        job = Job(tmp_path, server.url).paper()
        job.body(f"<p>body</p>{part}{script}")
        job.overlay("header", [f"<p>head</p>{part}"])
        _code, error = job.run()
        assert server.asked == []
        texts = job.pages()
        assert "body" in texts[0] and "head" in texts[0]
        assert not any(word in text for text in texts for word in ("SECRET", "OWN"))
        assert f"blocked {other}/leak.png" in error
        # an administrator can let reports load from another host
        job.run(CHROMIUM_PDF_HOSTS="localhost")
        assert {path for path, _cookie in server.asked} == {"/leak.png"}


# ---------------------------------------------------------------- the process


@pytest.mark.slow
def test_several_calls_at_once_don_t_disturb_each_other(tmp_path):
    jobs = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        job = Job(folder).paper().body(lines(f"n{number}x", 80))
        jobs.append(job.overlay("footer", [f"Footer{number} {FOOTER}"]))
    with ThreadPoolExecutor(len(jobs)) as pool:
        assert list(pool.map(Job.run, jobs)) == [(0, "")] * len(jobs)
    for number, job in enumerate(jobs):
        for text in job.pages():
            assert f"Footer{number} Page" in text
            assert set(re.findall(r"n(\d)x", text)) == {str(number)}


def test_the_limits_of_an_odoo_worker_do_not_stop_it(job):
    def limit():
        for kind, value in (
            (resource.RLIMIT_AS, 2560 << 20),
            (resource.RLIMIT_CPU, 60),
        ):
            resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))

    assert job.body("<p>text</p>").run(preexec_fn=limit) == (0, "")


def test_a_long_name_of_the_temporary_directory_is_no_obstacle(job, tmp_path):
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    assert job.body("x").run(TMPDIR=str(folder)) == (0, "")


def test_nothing_is_left_behind(job, temporary):
    assert job.body("x").run(TMPDIR=str(temporary)) == (0, "")
    assert list(temporary.iterdir()) == []
    code, error = job.run(TMPDIR=str(temporary), CHROMIUM="/bin/false")
    assert (code, "ended unexpectedly" in error) == (2, True)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_call_ends_its_browser(tmp_path, temporary, number):
    def browsers():
        marks = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                marks.append(str(temporary).encode() in path.read_bytes())
            except OSError:  # it ended just now
                continue
        return sum(marks)

    with web_server() as server:
        job = Job(tmp_path, server.url)
        job.body("x", head='<link rel="stylesheet" href="/hang.css"/>')
        env = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(job.command(), env=env)
        wait_until(lambda: server.asked, 60, what="the browser to load")
        assert browsers() > 0
        process.send_signal(number)
        process.wait(20)
        assert wait_gone(browsers) == 0
    if number == signal.SIGTERM:
        assert list(temporary.iterdir()) == []
