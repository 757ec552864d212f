# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What carriers write on their statements about a parcel, as far as words tell it."""

import re
import unicodedata

from .words import fold

#: all of what is written, figures such as the time at its end aside
_DELIVERED = frozenset(
    {
        "collected",
        "cod collected",
        "complete",
        "completed",
        "da giao",
        "da giao hang",
        "da giao hang thanh cong",
        "da giao thanh cong",
        "da phat",
        "da phat thanh cong",
        "da thu ho",
        "da thu tien",
        "delivered",
        "delivered successfully",
        "giao hang thanh cong",
        "giao thanh cong",
        "hoan tat",
        "hoan thanh",
        "phat thanh cong",
        "success",
        "successful",
        "successfully delivered",
        "thanh cong",
        "妥投",
        "已妥投",
        "已完成",
        "已送达",
        "已签收",
        "签收",
    }
)
#: any of these: it came back
_RETURNED = re.compile("return|hoan|tra lai|tra hang|退")
#: unless it is still to, or did not, or only in part
_UNSURE = re.compile(
    r"\b(?:dang|khong|chua|mot phan|yeu cau|no|not|un\w*|failed|partial\w*|pending"
    r"|waiting|request\w*|returning|hoan (?:tat|thanh))\b|^cho\b|[中待未]"
)
_TAIL = re.compile(r"[\d\W_]+$")


def read_outcome(text: str) -> str | None:
    """``delivered``, ``returned``, or None: somebody has to say what it means.

    Money depends on it, so that only what is beyond doubt is read.
    """
    status = _TAIL.sub("", fold(text))
    if status in _DELIVERED:
        return "delivered"
    # "chờ" is to wait, "cho" is to or for
    waits = "chờ" in unicodedata.normalize("NFC", text.casefold())
    if waits or _UNSURE.search(status) or not _RETURNED.search(status):
        return None
    return "returned"
