# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..shipping.choice import Parcel, choose


class SaleOrder(models.Model):
    """An order; here: which carrier takes it, and why."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    carrier_rule_id = fields.Many2one(
        "order.carrier.rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    carrier_choice = fields.Char("Why This Carrier", readonly=True, copy=False)
    can_choose_carrier = fields.Boolean(compute="_compute_can_choose_carrier")

    @api.depends("company_id")
    def _compute_can_choose_carrier(self):
        ruled = self.env["order.carrier.rule"]._get_ruled_company_ids()
        for order in self:
            order.can_choose_carrier = order.company_id.id in ruled

    def _action_confirm(self):
        """Override: what has no carrier yet gets one, before transfers are made."""
        ruled = self.env["order.carrier.rule"]._get_ruled_company_ids()
        if ruled:
            self.filtered(
                lambda order: not order.carrier_id and order.company_id.id in ruled
            )._choose_carriers()
        return super()._action_confirm()

    def write(self, vals):
        """Override: a carrier that a person chose has no rule."""
        if "carrier_id" in vals and "carrier_choice" not in vals:
            ruled = self.filtered("carrier_choice")
            if ruled:
                none = {"carrier_rule_id": False, "carrier_choice": False}
                super(SaleOrder, ruled).write(none)
        return super().write(vals)

    def action_choose_carrier(self):
        """Choose the carriers of these orders by the rules, again if they have one.

        Nothing that left is touched; the price that the customer pays stays.

        :raises UserError: there are no rules, or these orders are cancelled
        """
        self.check_access("write")
        orders = self.filtered(lambda order: order.state != "cancel")
        ruled = self.env["order.carrier.rule"]._get_ruled_company_ids()
        if not orders or not any(order.company_id.id in ruled for order in orders):
            raise UserError(
                self.env._(
                    "There are no carrier rules for these orders. A manager adds them "
                    "under Configuration / Carrier Rules."
                )
            )
        chosen = orders._choose_carriers()
        for order in chosen.filtered(lambda order: order.state == "sale"):
            open_deliveries = order._get_open_deliveries()
            # a number that was printed belongs to its carrier
            fresh = open_deliveries.filtered(lambda p: not p.carrier_tracking_ref)
            if fresh:
                fresh.write(
                    {
                        "carrier_id": order.carrier_id.id,
                        "carrier_choice": order.carrier_choice,
                    }
                )
        return self._tell_choices(len(chosen), len(self))

    @api.model
    def _tell_choices(self, chosen, asked):
        done = chosen == asked
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "%(chosen)s of %(asked)s have a carrier by the rules.",
                    chosen=chosen,
                    asked=asked,
                ),
                "type": "success" if done else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _choose_carriers(self):
        """Choose by the rules; what no rule is about, or nobody can take, stays as it
        is and says so.

        :return: the orders that got a carrier
        """
        chosen = self.browse()
        for company, orders in self.grouped("company_id").items():
            rules = self.env["order.carrier.rule"]._get_plain_of(company)
            if not rules:
                continue
            parcels = orders._get_choice_parcels()
            for order in orders:
                if order not in parcels:
                    continue
                choice = choose(rules, parcels[order])
                if choice:
                    chosen |= order._take_choice(choice)
        return chosen

    def _take_choice(self, choice):
        text = self.env["order.carrier.rule"]._describe_choice(choice, self.company_id)
        if not choice.offer:
            self.write({"carrier_choice": text})
            return self.browse()
        self.write(
            {
                "carrier_id": choice.offer.carrier.id,
                "carrier_rule_id": choice.rule.id,
                "carrier_choice": text,
            }
        )
        return self

    # facts ----------------------------------------------------------------------

    def _get_choice_parcels(self):
        """{order: ``shipping.choice.Parcel``} of those with goods to be sent."""
        cash = self._get_cash_on_delivery_ids()
        parcels = {}
        for order in self:
            lines = order.order_line.filtered(lambda line: line._is_parcel_goods())
            if not lines:
                continue
            partner = order.partner_shipping_id
            rate = order.currency_rate or 1.0
            sizes = [
                (line.product_id, max(line.product_qty, 0.0), line.price_total / rate)
                for line in lines
            ]
            parcels[order] = Parcel(
                country_id=partner.country_id.id or 0,
                state_id=partner.state_id.id or 0,
                zip=partner.zip or "",
                cash_on_delivery=order.id in cash,
                channel_id=order.sale_channel_id.id or 0,
                promise_days=order._get_promise_days(),
                **self._prepare_parcel_sizes(sizes),
            )
        return parcels

    @api.model
    def _prepare_parcel_sizes(self, sizes):
        """:param sizes: [(product, quantity in its unit, amount)]"""
        tags = self.env["product.tag"].concat(
            *(product.all_product_tag_ids for product, _quantity, _amount in sizes)
        )
        return {
            "weight": sum(p.weight * quantity for p, quantity, _amount in sizes),
            "volume": sum(p.volume * quantity for p, quantity, _amount in sizes),
            "weight_volume": sum(
                p.weight * p.volume * quantity for p, quantity, _amount in sizes
            ),
            "quantity": sum(quantity for _product, quantity, _amount in sizes),
            "amount": sum(amount for _product, _quantity, amount in sizes),
            "tag_ids": frozenset(tags.ids),
        }

    def _get_promise_days(self):
        self.ensure_one()
        if not self.commitment_date:
            return None
        left = self.commitment_date - fields.Datetime.now()
        return left.total_seconds() / 86400


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _is_parcel_goods(self):
        """Whether the line is something that a carrier takes."""
        self.ensure_one()
        return (
            not self.display_type
            and not self.is_delivery
            and self.product_id.type == "consu"
            and self.product_uom_qty > 0
        )
