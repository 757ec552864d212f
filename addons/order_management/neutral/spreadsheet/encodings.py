# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which encoding a text file has: marks first, then UTF-8, then what the bytes say."""

import codecs
import re

_CHUNK = 1 << 18
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Two bytes of GB 2312, the common part of GB 18030.
_CHINESE = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")
#: A vowel and one of the five tone marks of windows-1258, or its own letters ơ ư đ.
_VIETNAMESE = re.compile(
    rb"[AEIOUYaeiouy\xc2\xca\xd4\xc3\xd5\xdd\xe2\xea\xf4\xe3\xf5\xfd]"
    rb"[\xcc\xd2\xde\xec\xf2]|[\xf5\xfd][\xf5\xfd]"
)


def detect_encoding(path) -> tuple[str, int]:
    """Name of the encoding as Python knows it, and the number of line breaks.

    The whole file is looked at, a piece at a time: a file may be plain ASCII for ten
    thousand rows and show what it is in the last.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = b""
    lines = 0
    encoding = ""
    with open(path, "rb") as file:
        head = file.read(4096)
        encoding = _by_mark(head)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            lines += chunk.count(b"\n")
            if encoding:
                continue
            if len(sample) < _CHUNK and not chunk.isascii():
                sample += chunk
            decoder = _advance(decoder, chunk)
    if encoding:
        return encoding, lines
    if decoder and _advance(decoder, b"", final=True):
        return "utf-8", lines
    return _by_bytes(sample), lines


def _advance(decoder, chunk, final=False):
    """The decoder after another piece, None once the text cannot be UTF-8."""
    try:
        if decoder:
            decoder.decode(chunk, final)
        return decoder
    except UnicodeDecodeError:
        return None


def _by_mark(head):
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # UTF-16 without a mark: every other byte of plain text is zero
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half >= 2 and odd > half * 0.3 and not even:
        return "utf-16-le"
    if half >= 2 and even > half * 0.3 and not odd:
        return "utf-16-be"
    return ""


def _by_bytes(sample):
    high = len(_HIGH.findall(sample))
    pairs = 2 * len(_CHINESE.findall(sample))
    if pairs >= high * 0.9 and _decodes(sample, "gb18030"):
        return "gb18030"
    marks = len(_VIETNAMESE.findall(sample))
    if marks >= 2 and marks >= high * 0.1:
        return "cp1258"
    return "cp1252"


def _decodes(sample, encoding):
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True
