# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def clean_text(value, length):
    """What somebody sent as a text that the database takes; other types: none.

    PostgreSQL refuses NUL and halves of surrogate pairs, which forms and JSON can hold.

    :param length: letters kept at most
    """
    if not isinstance(value, str):
        return ""
    text = value.replace("\0", "").encode("utf-8", "replace").decode()
    return text.strip()[:length]
