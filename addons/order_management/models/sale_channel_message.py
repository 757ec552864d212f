# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleChannel(models.Model):
    """A way of selling; here: what its customers hear, and what they may do alone."""

    _inherit = "sale.channel"

    customer_messages = fields.Selection(
        [
            ("hub", "We write to the customer"),
            ("channel", "The channel tells the customer itself"),
        ],
        compute="_compute_customer_messages",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Marketplaces tell their buyers themselves, and some forbid others to. "
        "The lines below make exceptions for single events.",
    )
    message_rule_ids = fields.One2many(
        "order.message.rule", "channel_id", "Exceptions", copy=True
    )
    cancel_policy = fields.Selection(
        [
            ("ask", "Ask us"),
            ("allow", "At once, while nothing is picked or invoiced"),
        ],
        "Cancelled by the Customer",
        default="ask",
        required=True,
    )

    @api.depends("channel_type")
    def _compute_customer_messages(self):
        for channel in self:
            ours = channel.channel_type in self._get_own_channel_types()
            channel.customer_messages = "hub" if ours else "channel"

    @api.model
    def _get_own_channel_types(self):
        """Kinds of channels whose customers hear from nobody else."""
        return {False, "manual", "file", "email", "website"}

    def _wants_message(self, event):
        """Whether customers of this channel hear of an event by e-mail.

        :param str event: a value of ``order.message.event``
        """
        rule = self.message_rule_ids.filtered(lambda rule: rule.event == event)
        if rule:
            return rule.by_email
        return not self or self.customer_messages == "hub"

    def _get_message_template(self, event):
        """The e-mail template of an event, that of the channel first.

        :param str event: a value of ``order.message.event``
        :return: mail.template, perhaps none; as superuser
        """
        rule_sudo = self.sudo().message_rule_ids.filtered(
            lambda rule: rule.event == event
        )
        return rule_sudo.template_id or self.env["mail.template"].sudo().browse(
            self.env["ir.model.data"]
            .sudo()
            ._xmlid_to_res_id(f"order_management.mail_template_{event}")
            or ()
        )
