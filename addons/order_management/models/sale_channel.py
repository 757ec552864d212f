# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleChannel(models.Model):
    """One shop or way of selling, of exactly one company."""

    _inherit = "sale.channel"
    _order = "sequence, id"
    _check_company_auto = True

    company_id = fields.Many2one(required=True, index=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer("Color Index")
    channel_type = fields.Selection(
        selection_add=[
            ("manual", "Entered by hand"),
            ("api", "API"),
            ("file", "File"),
            ("email", "E-mail"),
        ],
        ondelete={
            "manual": "set null",
            "api": "set null",
            "file": "set null",
            "email": "set null",
        },
    )
    channel_order_ids = fields.One2many(
        "channel.order", "channel_id", "Inbox Rows", readonly=True
    )
    received_count = fields.Integer("New in Inbox", compute="_compute_waiting_counts")
    held_count = fields.Integer("Held in Inbox", compute="_compute_waiting_counts")
    error_count = fields.Integer("Errors in Inbox", compute="_compute_waiting_counts")
    inbox_count = fields.Integer("All Inbox Rows", compute="_compute_inbox_count")
    order_count = fields.Integer("Orders", compute="_compute_order_count")

    def _compute_waiting_counts(self):
        waiting = ("received", "held", "error")
        counts = {
            (channel.id, state): count
            for channel, state, count in self.env["channel.order"]._read_group(
                [
                    ("channel_id", "in", self.ids),
                    ("state", "in", waiting),
                    ("is_test", "=", False),
                ],
                ["channel_id", "state"],
                ["__count"],
            )
        }
        for channel in self:
            for state in waiting:
                channel[f"{state}_count"] = counts.get((channel._origin.id, state), 0)

    def _compute_inbox_count(self):
        counts = self._count_by_channel("channel.order", "channel_id", "is_test")
        for channel in self:
            channel.inbox_count = counts.get(channel._origin, 0)

    def _compute_order_count(self):
        counts = self._count_by_channel(
            "sale.order", "sale_channel_id", "is_channel_test"
        )
        for channel in self:
            channel.order_count = counts.get(channel._origin, 0)

    def _count_by_channel(self, model, field, test_field):
        domain = [(field, "in", self.ids), (test_field, "=", False)]
        return dict(self.env[model]._read_group(domain, [field], ["__count"]))

    def write(self, vals):
        """Change channels; not the company of one that is in use.

        :raises UserError: when a channel with inbox rows or orders would move to
            another company
        """
        if "company_id" in vals:
            self.filtered(
                lambda channel: (
                    channel.company_id and channel.company_id.id != vals["company_id"]
                )
            )._check_company_change_allowed()
        return super().write(vals)

    def action_view_inbox(self):
        """Open the inbox of these channels; the context may name a state."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_action"
        )
        state = self.env.context.get("inbox_state")
        context = {f"search_default_{state}": 1} if state else {}
        return {
            **action,
            "domain": [("channel_id", "in", self.ids), ("is_test", "=", False)],
            "context": context,
        }

    def action_view_orders(self):
        """Open the orders of these channels."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        return {
            **action,
            "domain": [("sale_channel_id", "in", self.ids)],
            "context": {"default_sale_channel_id": self[:1].id},
        }

    @api.model
    def _get_company_bound_fields(self):
        """``[(model, field)]`` that tie a channel to its company; addons add theirs."""
        return [
            ("channel.order", "channel_id"),
            ("sale.order", "sale_channel_id"),
            ("account.move", "sale_channel_id"),
            ("channel.return", "channel_id"),
            ("channel.settlement", "channel_id"),
            ("stock.hold", "channel_id"),
            ("order.quota", "channel_id"),
        ]

    def _check_company_change_allowed(self):
        if not self:
            return
        for model, field in self._get_company_bound_fields():
            used = self.env[model].sudo().search([(field, "in", self.ids)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "“%(channel)s” is used by %(model)s already and stays with "
                        "its company. Make a new channel for the other company and "
                        "archive this one.",
                        channel=used[field].name,
                        model=used._description,
                    )
                )
