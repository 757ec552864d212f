# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.figures import plain_figure


class SaleOrder(models.Model):
    """An order; here: what was decided about it, in time, with its reason."""

    _inherit = "sale.order"

    def action_why(self):
        """Open what was decided about this order, and why."""
        self.ensure_one()
        self.check_access("read")
        return self.env["order.why"]._open(self)

    def _get_why_entries(self):
        """Hook: decisions about this order, as superuser, in any order.

        :return: list of dicts: ``at`` (datetime), ``what``, ``why`` (plain text),
            ``who`` (name), ``res_model`` and ``res_id`` (what to open, may be missing)
        """
        self.ensure_one()
        order_sudo = self.sudo()
        entries = [
            {
                "at": order_sudo.create_date,
                "what": self.env._("Created"),
                "why": order_sudo.import_note or False,
                "who": order_sudo.create_uid.name,
                "res_model": "sale.order",
                "res_id": self.id,
            }
        ]
        entries += order_sudo._get_why_events()
        entries += order_sudo._get_why_waiting()
        entries += order_sudo._get_why_quotas()
        return entries

    def _get_why_events(self):
        """What the log keeps of the order, its message, its holds and its steps."""
        messages = Domain("res_model", "=", "channel.order")
        messages &= Domain("res_id", "in", self.channel_order_ids.ids)
        events = self.env["order.event"].search(
            Domain("order_id", "=", self.id) | messages
        )
        kinds = dict(events._fields["kind"]._description_selection(self.env))
        names = {
            name: self.env["ir.model"]._get(name).name
            for name in dict.fromkeys(events.mapped("res_model"))
            if name != "sale.order"
        }
        return [
            {
                "at": event.event_at,
                "what": event._describe_what(kinds, names),
                "why": event.reason or False,
                "who": event.user_id.name,
                "res_model": event.res_model,
                "res_id": event.res_id,
            }
            for event in events
        ]

    def _get_why_waiting(self):
        """Whom the order waits for now, and why."""
        if self.approval_mode != "explicit":
            return []
        return [
            {
                "at": step.create_date,
                "what": self.env._("Approval asked for"),
                "why": step.why or self.env._("Every order is approved."),
                "who": step.waiting_for or False,
                "res_model": "order.approval.step",
                "res_id": step.id,
            }
            for step in self.approval_step_ids.filtered("is_current")
        ]

    def _get_why_quotas(self):
        """What the order took from quotas, and gave back."""
        labels = dict(
            self.env["order.quota.move"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return [
            {
                "at": move.moved_at,
                "what": self.env._(
                    "Quota %(quota)s: %(kind)s",
                    quota=move.quota_id.name,
                    kind=labels.get(move.kind, move.kind),
                ),
                "why": "\n".join(
                    filter(
                        None,
                        [
                            self.env._(
                                "Held %(held)s, used %(used)s",
                                held=plain_figure(move.delta_held),
                                used=plain_figure(move.delta_consumed),
                            ),
                            move.reason,
                        ],
                    )
                ),
                "who": move.user_id.name,
                "res_model": "order.quota.move",
                "res_id": move.id,
            }
            for move in self.quota_move_ids
        ]

    def _get_why_sorted(self):
        """The entries, oldest first; what has no time of its own comes last."""
        entries = self._get_why_entries()
        latest = max((e["at"] for e in entries if e.get("at")), default=False)
        for entry in entries:
            entry["at"] = entry.get("at") or latest
            why = entry.get("why")
            # some hand over markup: it is read as text here
            entry["why"] = html2plaintext(why) if hasattr(why, "__html__") else why
        return sorted(entries, key=lambda entry: entry["at"])
