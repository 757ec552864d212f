# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which errors are the moment's and not the message's."""

import psycopg2

from odoo.exceptions import ConcurrencyError

#: "Program limit exceeded", such as text that no index can hold: comes again each time.
_LIMITS = "54"


def is_transient(error):
    """Whether the whole transaction is to be tried again, or the database is gone.

    Everything else is about one record and must stop only that one.
    """
    if isinstance(error, psycopg2.OperationalError):
        return not (error.pgcode or "").startswith(_LIMITS)
    return isinstance(error, ConcurrencyError)
