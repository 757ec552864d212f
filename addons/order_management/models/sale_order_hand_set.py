# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .order_rule import ACTIONS

#: what Odoo fills in by itself: only another value was chosen by somebody
_FILLED_IN = ("team_id", "user_id", "warehouse_id")
_EMPTY = {"priority": "0"}


class SaleOrder(models.Model):
    """An order; here: what a person decided about it, so that no rule changes it."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if not self.env.su:
            orders._note_entered(vals_list)
        return orders

    def write(self, vals):
        names = [name for name in ACTIONS if name in vals]
        chosen = {}
        if names and not self.env.su:
            for order in self:
                found = [name for name in names if order._is_set_anew(name, vals[name])]
                if found:
                    chosen[order] = found
        result = super().write(vals)
        for order, found in chosen.items():
            order._note_hand_set(found)
        return result

    def _is_set_anew(self, name, value):
        if name == "tag_ids":
            return True
        field = self._fields[name]
        return field.convert_to_cache(value, self) != field.convert_to_cache(
            self[name], self
        )

    def _note_entered(self, vals_list):
        """What a person chose in new orders; a form sends what Odoo filled in, too.

        Nothing is looked at where no rule sets it.
        """
        ruled = {
            company: self.env["order.rule"]._get_ruled_fields(company.id)
            for company in self.company_id
        }
        for order, vals in zip(self, vals_list, strict=True):
            names = {name for name in ruled[order.company_id] if name in vals}
            names.discard("tag_ids")
            found = [
                name
                for name in sorted(names.difference(_FILLED_IN))
                if vals[name] and vals[name] != _EMPTY.get(name)
            ]
            if names := sorted(names.intersection(_FILLED_IN)):
                usual = self.new(
                    {
                        "company_id": order.company_id.id,
                        "partner_id": order.partner_id.id,
                        "sale_channel_id": order.sale_channel_id.id,
                    }
                )
                found += [name for name in names if order[name] != usual[name]._origin]
            if found:
                order._note_hand_set(found)

    def _note_hand_set(self, names):
        known = filter(None, (self.hand_set_fields or "").split(","))
        text = ",".join(sorted({*known, *names}))
        if text != self.hand_set_fields:
            self.hand_set_fields = text
