"""The wkhtmltopdf stand-in understands the command line that Odoo uses."""

import os
import re
import subprocess
import sys

import pytest

from ..harness import SOURCE
from .documents import BRIDGE

sys.path.insert(0, str(SOURCE / "scripts" / "pdf"))

from pdf_options import UsageError, parse  # noqa: E402
from pdf_page import base_addresses, emulate_width, read_cookies  # noqa: E402


def options(job, *arguments):
    job.body("x")
    return parse([*arguments, *job.inputs, str(job.output)])


def test_version_is_what_odoo_takes_for_a_patched_recent_one():
    done = subprocess.run([BRIDGE, "--version"], capture_output=True, check=True)
    version = done.stdout.decode("ascii")
    assert "(with patched qt)" in version
    assert re.search(r"([0-9.]+)", version)[0] == "0.12.6"
    assert "Chromium" in version, "it must not pass for the real one"


def test_without_chromium_odoo_sees_a_broken_program(job):
    env = {**os.environ, "CHROMIUM": "/nowhere/chromium"}
    done = subprocess.run([BRIDGE, "--version"], capture_output=True, env=env)
    assert done.stdout == b""
    assert b"install the package chromium" in done.stderr
    code, error = job.body("x").run(CHROMIUM="/nowhere/chromium")
    assert (code, job.output.exists()) == (2, False)
    assert "/nowhere/chromium" in error


def test_a_python_without_the_library_is_told(job, tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    code, error = job.body("x").run(CHROMIUM_PDF_PYTHON=str(python))
    assert code == 2
    assert "PyPDF2" in error and "CHROMIUM_PDF_PYTHON" in error


def test_odoo_s_arguments_are_understood(job):
    job.paper(52, 32, 52, "Letter", "--orientation", "landscape", "--header-line")
    got = options(job, *job.arguments)
    assert (got.width, got.height) == (279.4, 215.9)
    assert (got.top, got.right, got.bottom, got.left) == (52, 0, 32, 0)
    assert (got.header_spacing, got.delay) == (52, 1)
    assert got.scale == pytest.approx(0.768 * 96 / 90 / 0.75)
    assert "--header-line" in got.flags


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        ([], (210, 297)),
        (["-s", "a5"], (148, 210)),
        (["-O", "Landscape"], (297, 210)),
        (["--page-width", "80mm", "--page-height", "4in"], (80, 101.6)),
    ],
)
def test_paper(job, arguments, size):
    got = options(job, *arguments)
    assert (got.width, got.height) == pytest.approx(size)


def test_scale_follows_zoom_and_shrinking_but_not_dpi(job):
    assert options(job, "--dpi", "300").scale == pytest.approx(1.024)
    assert options(job, "--zoom", "0.5").scale == pytest.approx(0.512)
    assert options(job, "--disable-smart-shrinking").scale == pytest.approx(1.28)
    assert options(job, "--zoom", "9").scale == 2, "Chromium takes no more"


def test_unknown_options_are_named_and_leave_the_files_alone(job, capsys):
    got = options(job, "--grayscale", "--new-thing", "7", "--replace", "a", "b", "-q")
    assert [str(path) for path in got.inputs] == job.inputs
    assert "--quiet" in got.flags
    warnings = capsys.readouterr().err
    assert all(name in warnings for name in ("--grayscale", "--new-thing", "--replace"))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--page-size", "A44"], "A44.*known are A0"),
        (["--margin-top", "wide"], "--margin-top: 'wide'.*52mm"),
        (["--margin-top", "200", "--margin-bottom", "100"], "no room"),
        (["--orientation", "upright"], "Portrait or Landscape"),
        (["--zoom", "0"], "--zoom must be more than 0"),
        (["--viewport-size", "big"], "1280x1024"),
        (["--header-html", "/nowhere.html"], "/nowhere.html: no such file"),
        (["https://example.com/"], "addresses aren't supported"),
    ],
)
def test_bad_arguments_say_what_to_do(job, arguments, complaint):
    with pytest.raises(UsageError, match=complaint):
        options(job, *arguments)


def test_a_missing_output_is_an_error_of_the_call(job):
    done = subprocess.run([BRIDGE, "only.html"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "the PDF to write" in done.stderr


def test_media_queries_see_wkhtmltopdf_s_window_and_not_the_paper():
    css = "@media (min-width: 576px){a{}} @media print and (max-width:36em){b{}}"
    narrow = emulate_width(css, 0)
    assert "(max-width:0px){a{}}" in narrow  # false on every paper
    assert "print and (min-width:0px){b{}}" in narrow  # true
    assert "(min-width:0px){a{}}" in emulate_width(css, 1280)
    assert emulate_width("p{min-width: 576px}", 0) == "p{min-width: 576px}"


def test_cookies_and_base_addresses(tmp_path):
    jar = tmp_path / "jar.txt"
    jar.write_text("session_id=a-b_C; HttpOnly; domain=shop.example; path=/;")
    assert read_cookies(jar) == [
        {
            "name": "session_id",
            "value": "a-b_C",
            "path": "/",
            "httpOnly": True,
            "domain": "shop.example",
        }
    ]
    texts = ['<base href="https://shop.example:8/a"/>', "<p>", "<base href='/x'>"]
    assert base_addresses(texts) == ["https://shop.example:8/a"]
