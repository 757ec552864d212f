# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

#: tables whose rows would hold back what Odoo deletes next, referring ones first
_OWN_TABLES = (
    "document_page_vote",
    "document_search_miss",
    "document_page_release",
)


def post_init_hook(env):
    """Pages that are there already are read by employees; so they stay."""
    pages = env["document.page"].search([("type", "=", "content")])
    pages._publish()


def uninstall_hook(env):
    """Let releases, votes and searches go; pages and their history stay."""
    env.flush_all()
    for table in _OWN_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
