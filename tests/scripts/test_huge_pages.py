"""Which memory becomes huge pages."""

import sys

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import huge_pages  # noqa: E402

MAPS = """\
00400000-00c00000 r-xp 00000000 fe:00 12         /usr/bin/python3.11
00c10000-01a00000 rw-p 00000000 00:00 0          [heap]
7f0000000000-7f0000100000 rw-p 00000000 00:00 0
7f0000100000-7f0000700000 rw-p 00000000 00:00 0
7f0000800000-7f0001000000 rw-s 00000000 00:01 7  /dev/zero (deleted)
7f0001000000-7f0002000000 ---p 00000000 00:00 0
7ffe00000000-7ffe00800000 rw-p 00000000 00:00 0  [stack]
"""


def test_what_is_written_and_large_enough():
    """Whole huge pages of the process's own memory, no files, no stack."""
    assert huge_pages.find_memory(MAPS) == [
        (0xE00000, 0xC00000),
        (0x7F0000200000, 0x400000),
    ]


def test_memory_stays_what_it_was():
    """Whether this Linux can or not."""
    data = [str(number) for number in range(200_000)]
    huge_pages.collapse()
    assert data == [str(number) for number in range(200_000)]
