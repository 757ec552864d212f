# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Python texts of OCA's helpdesk, in our translations.

Odoo looks a Python text up in the addon that says it, and OCA has not translated these;
its labels of fields and views are in ``i18n_extra``.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

WORDS = {
    "All": _lt("All"),
    "Category": _lt("Category"),
    "Last Stage Update": _lt("Last Stage Update"),
    "Newest": _lt("Newest"),
    "None": _lt("None"),
    "Open Tickets": _lt("Open Tickets"),
    "Open Tickets without team": _lt("Open Tickets without team"),
    "Search in All": _lt("Search in All"),
    "Search in Number": _lt("Search in Number"),
    "Search in Title": _lt("Search in Title"),
    "Stage": _lt("Stage"),
    "Title": _lt("Title"),
}


def say(env, text):
    """``text`` in the user's language; one that is not in WORDS stays as it is."""
    return env._(WORDS[text]) if text in WORDS else text
