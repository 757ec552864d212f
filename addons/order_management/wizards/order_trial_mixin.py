# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import split_every

#: orders that are looked at, the latest first
_LIMIT = 50_000
_CHUNK = 1_000


class OrderTrialMixin(models.AbstractModel):
    """A rule tried on past orders; nothing is changed by it.

    Wizards say which orders (``_get_order_domain``), what the rule says about them
    (``_try_orders``) and have ``line_ids`` with a field ``order_id``.
    """

    _name = "order.trial.mixin"
    _description = "Rule on Past Orders"

    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=90
        ),
    )
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    is_done = fields.Boolean()
    order_count = fields.Integer("Orders", readonly=True)
    match_count = fields.Integer("Would Have Needed It", readonly=True)

    def action_try(self):
        """Look at the orders of this period, a thousand at a time."""
        self.ensure_one()
        # sudo: lines are made by nobody by hand, as they tell about their order past
        # its rules; the orders below are those that the user sees
        lines_sudo = self.line_ids.sudo()
        lines_sudo.unlink()
        orders = self.env["sale.order"].search(self._get_order_domain(), limit=_LIMIT)
        count = 0
        for ids in split_every(_CHUNK, orders.ids):
            vals_list = self._try_orders(orders.browse(ids))
            count += len(vals_list)
            lines_sudo.create([{**vals, "trial_id": self.id} for vals in vals_list])
            # tens of thousands of orders need not be in memory at once
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
        self.write({"is_done": True, "order_count": len(orders), "match_count": count})
        return self._reopen()

    def _try_orders(self, orders):
        """:return: values of one line for each order that the rule stops"""
        raise NotImplementedError

    def _get_order_domain(self):
        return [
            ("date_order", ">=", self.date_from),
            ("date_order", "<", fields.Date.add(self.date_to, days=1)),
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
