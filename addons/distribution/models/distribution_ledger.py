# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a unit of each kind does to the stock of the member
STOCK_SIGNS = {
    "opening": 1,
    "sell_in": 1,
    "receipt": 1,
    "sell_through": -1,
    "sell_out": -1,
    "return_in": 1,
    "return_out": -1,
    "difference": 1,
    "adjustment": 1,
}


class DistributionLedger(models.Model):
    """One movement of goods through the network: append-only, as history is.

    Quantities count in the direction of their kind (a sale to a consumer is positive),
    ``stock_quantity`` is what the movement did to the member's stock. What was wrong
    is put right by a new row of the same kind with the opposite sign.
    """

    _name = "distribution.ledger"
    _inherit = ["order.history.mixin"]
    _description = "Channel Ledger"
    _order = "date desc, id desc"
    _rec_name = "kind"
    _log_access = False
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    member_id = fields.Many2one(
        "distribution.member",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Whose stock moved.",
    )
    counterparty_id = fields.Many2one(
        "distribution.member",
        "Other Member",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Whom it sold to or bought from; empty: this company, or consumers.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    categ_id = fields.Many2one(
        "product.category", "Product Category", readonly=True, ondelete="restrict"
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    kind = fields.Selection(
        [
            ("opening", "Opening"),
            ("sell_in", "Sell-in"),
            ("receipt", "Received from Supplier"),
            ("sell_through", "Sell-through"),
            ("sell_out", "Sell-out"),
            ("return_in", "Returned by Customers"),
            ("return_out", "Returned to Supplier"),
            ("difference", "Count Difference"),
            ("adjustment", "Adjustment"),
        ],
        required=True,
        readonly=True,
        help="Sell-in: from this company to the member. Received from supplier: from "
        "another member. Sell-through: to another member. Sell-out: to consumers.",
    )
    quantity = fields.Float(
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        readonly=True,
        help="In the product's unit; negative where an earlier posting is corrected.",
    )
    stock_quantity = fields.Float(
        "Stock ±",
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        readonly=True,
        help="What it did to the member's stock; zero when the member keeps none.",
    )
    price_unit = fields.Float(
        min_display_digits="Product Price", digits=0, readonly=True, aggregator="avg"
    )
    value = fields.Monetary(readonly=True, aggregator=False)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    company_value = fields.Monetary(
        "Value in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="Without taxes, at the rate of its date.",
    )
    company_currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Date(required=True, readonly=True)
    rep_id = fields.Many2one(
        "res.users",
        "Sales Representative",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Whose sale it was then.",
    )
    territory_id = fields.Many2one(
        "distribution.territory",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    res_model = fields.Char("Source Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Source Record", model_field="res_model", readonly=True
    )
    key = fields.Char(
        "Idempotency Key",
        required=True,
        readonly=True,
        help="Names the movement: the same key is never posted twice.",
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Posted By", required=True, readonly=True, ondelete="restrict"
    )
    posted_at = fields.Datetime(required=True, readonly=True)

    _key_uniq = models.Constraint(
        "UNIQUE (company_id, key)", "This movement has been posted already."
    )
    _quantity_check = models.Constraint(
        "CHECK (quantity <> 0)", "A posting of the channel ledger moves something."
    )
    # stock at a day and what came and went in a month, without reading the rows
    _stock_idx = models.Index(
        "(member_id, product_id, date) INCLUDE (kind, stock_quantity, quantity)"
    )
    # pivots by member, month and kind read this and nothing else
    _figures_idx = models.Index(
        "(company_id, date, kind) INCLUDE (member_id, quantity, company_value)"
    )
    _source_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refused: postings are made together with the counters, by `_post`.

        :raises UserError: always
        """
        raise UserError(
            self.env._(
                "The channel ledger is written by deliveries, orders, reports and "
                "counts. Make a stock count or an adjustment instead."
            )
        )

    def action_view_source(self):
        """Open what made this posting: a delivery, an order, a report, a count."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            raise UserError(self.env._("This posting was made by hand."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
