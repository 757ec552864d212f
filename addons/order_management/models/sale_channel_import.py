# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

_CHARGES = ("shipping", "fee", "discount", "rounding")


class SaleChannel(models.Model):
    """A way of selling; here: how its orders are imported."""

    _inherit = "sale.channel"

    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        help="Of imported orders; empty: the customer's salesperson.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Of imported orders in its currency. For another currency a price list of "
        "that currency is used, or made. Prices are always those of the channel.",
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    walkin_partner_id = fields.Many2one(
        "res.partner",
        "Walk-in Customer",
        check_company=True,
        copy=False,
        help="Buyer of orders that tell neither customer ID, e-mail, phone nor tax "
        "number. Made at the first such order if empty.",
    )
    default_country_id = fields.Many2one(
        "res.country",
        help="Of addresses and phone numbers that name no country; empty: the "
        "company's.",
    )
    prices_include_tax = fields.Boolean(
        "Prices Include Taxes",
        default=True,
        help="Used only if the message does not say it and its total does not tell.",
    )
    tax_policy = fields.Selection(
        [("odoo", "Taxes from Odoo"), ("channel", "As the channel charged")],
        default="odoo",
        required=True,
        help="From Odoo: the product's taxes through the fiscal position. As charged: "
        "the sales tax of the rate in the message.",
    )
    unpaid_policy = fields.Selection(
        [("hold", "Hold until paid"), ("draft", "Import as quotation")],
        default="hold",
        required=True,
    )
    shipped_policy = fields.Selection(
        [("hold", "Hold"), ("history", "Import as history")],
        default="hold",
        required=True,
        help="Orders first seen when they were shipped already. History: a locked "
        "order without any transfer of goods.",
    )
    auto_submit = fields.Boolean(
        "Submit for Approval", help="Imported orders that need approval are submitted."
    )
    auto_confirm = fields.Boolean(
        "Confirm Automatically",
        help="Imported orders that are paid, or paid at the door, are confirmed unless "
        "something holds them.",
    )
    shipping_product_id = fields.Many2one("product.product", check_company=True)
    fee_product_id = fields.Many2one("product.product", check_company=True)
    discount_product_id = fields.Many2one("product.product", check_company=True)
    rounding_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        help="Its income account takes the rounding differences.",
    )
    payload_retention_days = fields.Integer(
        "Keep Personal Data (Days)",
        default=180,
        help="Messages and walk-in addresses are blanked this many days after the "
        "order was imported, unless goods are still to be shipped. 0 keeps them.",
    )
    product_map_ids = fields.One2many("channel.product.map", "channel_id", "Products")
    unmapped_count = fields.Integer(
        "Products to Map", compute="_compute_unmapped_count"
    )

    _payload_retention_check = models.Constraint(
        "CHECK (payload_retention_days >= 0)",
        "Personal data cannot be kept for less than zero days.",
    )

    def _compute_unmapped_count(self):
        counts = dict(
            self.env["channel.product.map"]._read_group(
                [("channel_id", "in", self.ids), ("product_id", "=", False)],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.unmapped_count = counts.get(channel._origin, 0)

    def action_view_product_maps(self):
        """Open the products of these channels, those to be mapped first."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_product_map_action"
        )
        context = {"default_channel_id": self[:1].id, "search_default_unmapped": 1}
        return {
            **action,
            "domain": [("channel_id", "in", self.ids)],
            "context": context,
        }

    def _get_charge_product(self, kind):
        """The product of ``shipping``, ``fee``, ``discount`` or ``rounding`` lines.

        :raises ValueError: another kind
        """
        if kind not in _CHARGES:
            raise ValueError(kind)
        return self[f"{kind}_product_id"] or self.env.ref(
            f"order_management.product_product_{kind}"
        )

    def _get_walkin_partner(self):
        """The customer of orders that do not tell who bought."""
        self.ensure_one()
        if not self.walkin_partner_id:
            # the channel's row is written: of two processes one is tried again
            self.walkin_partner_id = self.env["res.partner"].create(
                {
                    "name": self.env._("Walk-in (%(channel)s)", channel=self.name),
                    "company_id": self.company_id.id,
                    "customer_rank": 1,
                }
            )
        return self.walkin_partner_id
