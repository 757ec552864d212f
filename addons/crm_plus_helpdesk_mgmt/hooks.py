# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

#: tables whose rows would hold back what Odoo deletes next
_OWN_TABLES = (
    "helpdesk_ticket_log",
    "helpdesk_ticket_viewer",
    "helpdesk_macro",
)


def post_init_hook(env):
    """Tickets that were there already get the history their messages tell."""
    waiting = env.ref(
        "helpdesk_mgmt.helpdesk_ticket_stage_awaiting", raise_if_not_found=False
    )
    if waiting:
        waiting.waiting = True
    env["helpdesk.ticket.log"]._import_history()
    # deadlines were computed while there was no history
    env["helpdesk.ticket.sla"].search([])._refresh_states()


def uninstall_hook(env):
    """Let the history, macros and rules of tickets go; tickets stay."""
    env["customer.assignment.rule"].with_context(active_test=False).search(
        [("model", "=", "helpdesk.ticket")]
    ).unlink()
    env.flush_all()
    for table in _OWN_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
