"""OM-2: every row of a file is a line of an order or a refused row with a reason."""

import base64
import csv
import io
import re

import openpyxl
import pytest

from .. import harness
from ..worker import Process
from .spreadsheets import FILES, FORMULAS, MARKUP

WORKER = "tests.badinput.upload_worker"
_LOG = re.compile(r"^.* \d+ (WARNING|ERROR|CRITICAL) .*$|^Traceback.*$", re.MULTILINE)


@pytest.fixture(scope="module")
def process():
    with harness.Database() as database:
        process = Process(WORKER, database)
        try:
            yield process
        finally:
            process.close()


@pytest.fixture
def channel_id(process):
    # one for each file: mappings are remembered, order numbers taken
    return process.call("prepare")


def _upload(process, channel_id, name):
    content = base64.b64encode(FILES[name][0]).decode()
    return process.call("upload", channel_id, name, content)


def _read_rejects(name, content):
    """Cells of the file of refused rows, and how many of them are formulas."""
    data = base64.b64decode(content)
    if data.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        formulas = sum(cell.data_type == "f" for cell in cells)
        return [str(cell.value) for cell in cells if cell.value is not None], formulas
    csv.field_size_limit(1_000_000)
    text = data.decode("utf-8-sig")
    sign = ";" if text.splitlines()[0].count(";") else ","
    cells = [
        cell for row in csv.reader(io.StringIO(text), delimiter=sign) for cell in row
    ]
    formula = re.compile(r"\s*[=+\-@＝＋－＠]")
    return cells, sum(bool(formula.match(cell)) for cell in cells)


@pytest.mark.parametrize("name", FILES)
def test_no_row_is_lost(process, channel_id, name):
    _content, lines, refused = FILES[name]
    found = _upload(process, channel_id, name)
    result = {"payloads": [], "bad": 0, "state": "draft", "problem": found["problem"]}
    if found["state"] == "mapped":
        result = process.call("run", found["id"])
    assert [hit[0] for hit in _LOG.finditer(process.log())] == []
    if isinstance(lines, str):
        # the file as a whole: said before or during the import, nothing half done
        assert lines.lower() in result["problem"].lower(), result["problem"]
        assert result["problem"] and result["state"] in ("draft", "failed")
        assert not result["payloads"]
        return
    if lines is None:  # entities: refused or harmless, never resolved
        assert "root:" not in str(result) and "haha" not in str(result)
        return
    assert result["state"] == "done", (found, result)
    assert not result["errors"]
    got = sum(len(payload["lines"]) for payload in result["payloads"])
    assert (got, result["bad"]) == (lines, refused)
    assert set(result["states"]) <= {"imported"}
    if refused:
        cells, formulas = _read_rejects(name, result["rejects"])
        assert formulas == 0
        assert (
            sum(bool(re.match(r"[A-Z]*\d+: |row \d+: ", c)) for c in cells) == refused
        )


def test_formulas_are_names(process, channel_id):
    """What looks like a formula is a buyer's odd name, and goes back as one."""
    found = _upload(process, channel_id, "formulas.csv")
    result = process.call("run", found["id"])
    names = [payload["customer"]["name"] for payload in result["payloads"]]
    assert names == [text.strip() for text in FORMULAS]
    cells, _formulas = _read_rejects("formulas.csv", result["rejects"])
    assert cells.count("'=1+1") == 3  # blanks around it are gone


def test_the_preview_is_text(process, channel_id):
    found = _upload(process, channel_id, "markup.csv")
    assert "<script" not in found["preview"] and "<img" not in found["preview"]
    assert "&lt;script&gt;" in found["preview"]
    result = process.call("run", found["id"])
    cells, _formulas = _read_rejects("markup.csv", result["rejects"])
    assert MARKUP in cells
