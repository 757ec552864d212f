# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from ..models.stock_picking_tracking import TRACKING_STATES


class ShipmentReport(models.Model):
    """One parcel that left: what its carriage cost, what the buyer paid for it, and
    whether it came in time.

    Amounts are untaxed, in the company's currency. The buyer paid for the order: that
    is shared equally by its parcels, as are the shipping fees of a channel's statement.
    """

    _name = "shipment.report"
    _inherit = ["order.average.mixin"]
    _description = "Shipping Costs"
    _auto = False
    _order = "margin, id"
    _rec_name = "picking_id"
    _depends = {
        "channel.settlement": ["company_id", "currency_id", "state"],
        "channel.settlement.line": [
            "amount",
            "line_type",
            "sale_order_id",
            "settlement_id",
        ],
        "sale.order": ["currency_rate", "sale_channel_id"],
        "sale.order.line": ["is_delivery", "order_id", "price_subtotal"],
        "stock.picking": [
            "billed_cost",
            "carrier_id",
            "carrier_price",
            "carrier_tracking_ref",
            "company_id",
            "date_done",
            "delivered_at",
            "partner_id",
            "picking_type_id",
            "punctuality",
            "sale_id",
            "state",
            "tracking_state",
            "weight",
        ],
        "stock.picking.type": ["code", "warehouse_id"],
    }

    picking_id = fields.Many2one("stock.picking", "Delivery", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    carrier_id = fields.Many2one("delivery.carrier", readonly=True)
    channel_id = fields.Many2one("sale.channel", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    partner_id = fields.Many2one("res.partner", "Deliver To", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    carrier_tracking_ref = fields.Char("Tracking Number", readonly=True)
    tracking_state = fields.Selection(TRACKING_STATES, "Parcel", readonly=True)
    shipped_at = fields.Datetime("Shipped", readonly=True)
    delivered_at = fields.Datetime("Delivered", readonly=True)
    cost_source = fields.Selection(
        [
            ("bill", "Carrier's bill"),
            ("settlement", "Channel's statement"),
            ("price", "Price list"),
            ("unknown", "Not known"),
        ],
        "Cost From",
        readonly=True,
    )
    cost = fields.Monetary(readonly=True)
    revenue = fields.Monetary("Paid by the Buyer", readonly=True)
    margin = fields.Monetary(
        "Gain or Loss", readonly=True, help="What the buyer paid, less the cost."
    )
    weight = fields.Float(digits="Stock Weight", readonly=True)
    transit_days = fields.Float(
        "Days on the Way", digits=(16, 1), aggregator="avg", readonly=True
    )
    on_time = fields.Float(
        "On Time (%)",
        digits=(16, 1),
        aggregator="avg",
        readonly=True,
        help="Of parcels that arrived and had been promised for a day.",
    )
    parcel_count = fields.Integer("Parcels", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            "SELECT *, revenue - cost AS margin FROM (SELECT %s FROM %s WHERE %s)"
            " AS parcels",
            self._select(),
            self._from(),
            self._where(),
        )

    def _select(self):
        return SQL(
            """
            parcel.id, parcel.id AS picking_id, parcel.sale_id AS order_id,
            parcel.company_id, company.currency_id, parcel.carrier_id,
            o.sale_channel_id AS channel_id, kind.warehouse_id, parcel.partner_id,
            partner.country_id, parcel.carrier_tracking_ref, parcel.tracking_state,
            parcel.date_done AS shipped_at, parcel.delivered_at, parcel.weight,
            CASE WHEN parcel.billed_cost > 0 THEN 'bill'
                WHEN fees.amount > 0 THEN 'settlement'
                WHEN parcel.carrier_price > 0 THEN 'price' ELSE 'unknown' END
                AS cost_source,
            COALESCE(NULLIF(parcel.billed_cost, 0),
                NULLIF(GREATEST(fees.amount, 0) / parts.number, 0),
                parcel.carrier_price, 0)::numeric AS cost,
            COALESCE(paid.amount / COALESCE(NULLIF(o.currency_rate, 0), 1)
                / parts.number, 0)::numeric AS revenue,
            EXTRACT(EPOCH FROM parcel.delivered_at - parcel.date_done) / 86400
                AS transit_days,
            CASE parcel.punctuality WHEN 'on_time' THEN 100.0 WHEN 'late' THEN 0.0 END
                AS on_time,
            1 AS parcel_count
            """
        )

    def _from(self):
        return SQL(
            """
            stock_picking parcel
            JOIN stock_picking_type kind ON kind.id = parcel.picking_type_id
            JOIN res_company company ON company.id = parcel.company_id
            LEFT JOIN res_partner partner ON partner.id = parcel.partner_id
            LEFT JOIN sale_order o ON o.id = parcel.sale_id
            LEFT JOIN LATERAL (
                SELECT count(*) AS number FROM stock_picking other
                JOIN stock_picking_type sort ON sort.id = other.picking_type_id
                WHERE other.sale_id = o.id AND other.state = 'done'
                    AND other.carrier_id IS NOT NULL
                    AND sort.code IN ('outgoing', 'dropship')
            ) AS parts ON o.id IS NOT NULL
            LEFT JOIN LATERAL (
                SELECT sum(line.price_subtotal) AS amount FROM sale_order_line line
                WHERE line.order_id = o.id AND line.is_delivery
            ) AS paid ON TRUE
            LEFT JOIN LATERAL (
                SELECT sum(-fee.amount / COALESCE((
                    SELECT rate.rate FROM res_currency_rate rate
                    WHERE rate.currency_id = settled.currency_id
                        AND COALESCE(rate.company_id, settled.company_id)
                            = settled.company_id
                        AND rate.name <= parcel.date_done::date
                        AND settled.currency_id != company.currency_id
                    ORDER BY rate.company_id, rate.name DESC LIMIT 1), 1)) AS amount
                FROM channel_settlement_line fee
                JOIN channel_settlement settled ON settled.id = fee.settlement_id
                WHERE fee.sale_order_id = o.id AND fee.line_type = 'shipping_fee'
                    AND settled.state != 'cancelled'
            ) AS fees ON TRUE
            """
        )

    def _where(self):
        return SQL(
            "parcel.state = 'done' AND parcel.carrier_id IS NOT NULL"
            " AND kind.code IN ('outgoing', 'dropship')"
        )

    def action_open_delivery(self):
        """Open the delivery."""
        self.ensure_one()
        return self.picking_id.get_formview_action()
