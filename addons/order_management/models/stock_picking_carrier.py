# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from ..shipping.choice import Parcel, choose


class StockPicking(models.Model):
    """A transfer; here: which carrier takes it, and why."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    carrier_choice = fields.Char("Why This Carrier", readonly=True, copy=False)

    def write(self, vals):
        """Override: a carrier that a person chose has no rule."""
        if "carrier_id" in vals and "carrier_choice" not in vals:
            if any(picking.carrier_choice for picking in self):
                vals = {**vals, "carrier_choice": False}
        return super().write(vals)

    def action_choose_carrier(self):
        """Choose the carriers of these deliveries by the rules and by what is in them.

        What left already, or has a tracking number, is left alone.

        :raises UserError: there are no rules for them
        """
        self.check_access("write")
        ruled = self.env["order.carrier.rule"]._get_ruled_company_ids()
        if not any(picking.company_id.id in ruled for picking in self):
            raise UserError(
                self.env._(
                    "There are no carrier rules for these deliveries. A manager adds "
                    "them under Configuration / Carrier Rules."
                )
            )
        chosen = self.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and not picking.carrier_tracking_ref
                and picking.picking_type_id.code in self._get_shipment_codes()
            )
        )._choose_carriers()
        return self.env["sale.order"]._tell_choices(len(chosen), len(self))

    def _choose_carriers(self):
        """Choose by the rules; what nobody can take stays as it is and says so.

        :return: the deliveries that got a carrier
        """
        chosen, rule_model = self.browse(), self.env["order.carrier.rule"]
        for company, pickings in self.grouped("company_id").items():
            rules = rule_model._get_plain_of(company)
            if not rules:
                continue
            for picking, parcel in pickings._get_parcels().items():
                choice = choose(rules, parcel)
                if not choice:
                    continue
                vals = {"carrier_choice": rule_model._describe_choice(choice, company)}
                if choice.offer:
                    vals["carrier_id"] = choice.offer.carrier.id
                    chosen |= picking
                picking.write(vals)
        return chosen

    def _get_parcels(self):
        """{delivery: ``shipping.choice.Parcel``}."""
        # who ships need not read orders
        orders = self.sale_id.sudo()
        wholes = orders._get_choice_parcels()
        parcels = {}
        for picking in self:
            sizes = [
                (move.product_id, move.product_qty, move._get_parcel_amount())
                for move in picking.move_ids
                if move.state != "cancel"
            ]
            whole = wholes.get(picking.sale_id.sudo())
            figures = orders._prepare_parcel_sizes(sizes)
            partner = picking.partner_id
            parcels[picking] = _parcel(partner, whole, figures)
        return parcels


def _parcel(partner, whole, figures):
    """What is in the delivery goes where it says; the rest is the order's."""
    return Parcel(
        country_id=partner.country_id.id or 0,
        state_id=partner.state_id.id or 0,
        zip=partner.zip or "",
        cash_on_delivery=whole.cash_on_delivery if whole else False,
        channel_id=whole.channel_id if whole else 0,
        promise_days=whole.promise_days if whole else None,
        **figures,
    )
