# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderWhy(models.TransientModel):
    """Every decision about an order in time, with its reason."""

    _name = "order.why"
    _description = "Why?"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    state = fields.Selection(related="order_id.state")
    review_state = fields.Selection(related="order_id.review_state")
    review_text = fields.Text(related="order_id.review_text")
    line_ids = fields.One2many("order.why.line", "why_id", readonly=True)

    @api.model
    def _open(self, order):
        """Collect the decisions about ``order``, which the user may read.

        :raises AccessError: who may not ask why at all
        """
        self.check_access("read")
        # sudo: made by nobody by hand, as what it shows is read past the order's rules
        why = self.sudo().create({"order_id": order.id})
        lines_sudo = self.env["order.why.line"].sudo()
        lines_sudo.create(
            [
                {
                    "why_id": why.id,
                    "at": entry["at"],
                    "what": entry["what"],
                    "why": entry.get("why") or False,
                    "who": entry.get("who") or False,
                    "res_model": entry.get("res_model") or False,
                    "res_id": entry.get("res_id") or False,
                }
                for entry in order._get_why_sorted()
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why? %(order)s", order=order.display_name),
            "res_model": self._name,
            "res_id": why.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class OrderWhyLine(models.TransientModel):
    """One decision about an order."""

    _name = "order.why.line"
    _description = "Decision about an Order"
    _order = "at, id"

    why_id = fields.Many2one(
        "order.why", "Screen", required=True, readonly=True, ondelete="cascade"
    )
    at = fields.Datetime("When", readonly=True)
    what = fields.Char(readonly=True)
    why = fields.Text(readonly=True)
    who = fields.Char(readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    def action_open_record(self):
        """Open what was decided about.

        :raises UserError: it does not exist any more
        """
        self.ensure_one()
        record = None
        if self.res_id and self.res_model in self.env:
            record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("There is nothing more to show."))
        return record.get_formview_action()
