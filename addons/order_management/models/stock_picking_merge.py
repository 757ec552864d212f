# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.columns import create_column_with_default


class StockPicking(models.Model):
    """A transfer; here: it leaves in one parcel with those of other orders."""

    _inherit = "stock.picking"

    # kept when it has left, also where the rest of its order ships by itself later
    merge_group_id = fields.Many2one(
        "order.merge.group",
        "Parcel With Others",
        compute="_compute_merge_group_id",
        store=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.depends("sale_id.merge_group_id", "picking_type_id")
    def _compute_merge_group_id(self):
        for picking in self:
            if picking.state in ("done", "cancel"):
                picking.merge_group_id = picking.merge_group_id
            elif picking.picking_type_code == "outgoing":
                picking.merge_group_id = picking.sale_id.merge_group_id
            else:
                picking.merge_group_id = False

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row."""
        create_column_with_default(self.env.cr, self, "merge_group_id", None)
        return super()._auto_init()

    def write(self, vals):
        """Override of `stock_delivery`: the parcel's number is that of all in it."""
        former = {}
        if vals.get("carrier_tracking_ref"):
            former = {
                picking: picking.carrier_tracking_ref
                for picking in self
                if picking.merge_group_id
            }
        result = super().write(vals)
        for picking, old in former.items():
            picking._share_tracking(old)
        return result

    def _share_tracking(self, old):
        """Give the others of the parcel the number of this one; a number of their own
        stays.

        :param old: the number that this one had before
        """
        self.ensure_one()
        number = self.carrier_tracking_ref
        # sudo: they may be orders of salespeople whom the user does not follow
        others = (
            self.sudo()
            ._get_parcel_mates()
            .filtered(
                lambda mate: (
                    mate.carrier_tracking_ref != number
                    and mate.carrier_tracking_ref in (False, old)
                )
            )
        )
        if others:
            others.write({"carrier_tracking_ref": number})

    def _get_parcel_mates(self):
        """The other transfers that leave in the same parcel."""
        self.ensure_one()
        mates = self.merge_group_id.picking_ids - self
        return mates.filtered(lambda mate: mate.state != "cancel")

    def send_to_shipper(self):
        """Override of `stock_delivery`: one parcel is asked for, and paid for, once."""
        self.ensure_one()
        mates = self.sudo()._get_parcel_mates()
        told = mates.filtered("carrier_tracking_ref")[:1]
        if told:
            self.carrier_price = 0.0
            if not self.carrier_tracking_ref:
                self.carrier_tracking_ref = told.carrier_tracking_ref
            return None
        return super().send_to_shipper()

    def _action_done(self):
        """Override of `stock`: what left in the parcel takes no more into it."""
        result = super()._action_done()
        left = self.filtered(lambda p: p.merge_group_id and p.state == "done")
        if left:
            # sudo: shipping ends what a clerk has arranged
            left.sudo().sale_id.write({"merge_group_id": False})
        return result
