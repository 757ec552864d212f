# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

_SHAPE = ("buyer_id", "supplier_id", "categ_id", "date_from", "date_to")


class DistributionSupplyLink(models.Model):
    """A supply link; here: what links may not be together.

    One query a rule, however many links change at once.
    """

    _inherit = "distribution.supply.link"

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links._check_shape()
        return links

    def write(self, vals):
        result = super().write(vals)
        if any(name in vals for name in _SHAPE):
            self._check_shape()
        return result

    def _check_shape(self):
        """Hold the network together after these links changed.

        :raises ValidationError: links overlap, run in a circle, go against the levels,
            or name a supplier who is closed or archived
        """
        if not self:
            return
        self.env["distribution.network"]._touch(self.company_id)
        self._check_suppliers()
        self._check_level_order()
        self._check_overlap()
        self._check_circle()

    def _check_suppliers(self):
        today = self._get_today()
        for link in self:
            # rights on the supplier are not needed to be supplied
            supplier = link.supplier_id.sudo()
            ended = link.date_to and link.date_to < today
            if supplier and not ended and not supplier._can_supply():
                raise ValidationError(
                    self.env._(
                        "%(supplier)s is closed or archived and cannot supply "
                        "%(buyer)s. Choose another supplier, or open that member "
                        "again first.",
                        supplier=supplier.display_name,
                        buyer=link.buyer_id.display_name,
                    )
                )

    def _check_level_order(self):
        today = self._get_today()
        for link in self.sudo():
            supplier, buyer = link.supplier_id.level_id, link.buyer_id.level_id
            ended = link.date_to and link.date_to < today
            if supplier and not ended and supplier.sequence >= buyer.sequence:
                raise ValidationError(
                    self.env._(
                        "%(supplier)s (%(supplier_level)s) cannot supply %(buyer)s "
                        "(%(buyer_level)s): a supplier's level comes before its "
                        "buyer's. Choose another supplier, or change a level.",
                        supplier=link.supplier_id.display_name,
                        supplier_level=supplier.name,
                        buyer=link.buyer_id.display_name,
                        buyer_level=buyer.name,
                    )
                )

    def _check_overlap(self):
        self.flush_model(_SHAPE)
        rows = self.env.execute_query(
            SQL(
                "SELECT own.id, other.id FROM distribution_supply_link own"
                " JOIN distribution_supply_link other"
                "  ON other.buyer_id = own.buyer_id AND other.id <> own.id"
                "  AND other.categ_id IS NOT DISTINCT FROM own.categ_id"
                "  AND daterange(other.date_from, other.date_to, '[]')"
                "   && daterange(own.date_from, own.date_to, '[]')"
                " WHERE own.id = ANY(%s) ORDER BY own.id LIMIT 1",
                self.ids,
            )
        )
        if not rows:
            return
        link, other = (self.sudo().browse(link_id) for link_id in rows[0])
        raise ValidationError(
            self.env._(
                "%(buyer)s already buys %(products)s from %(supplier)s from "
                "%(date_from)s to %(date_to)s. End that link before the new one "
                "begins, or choose other products.",
                buyer=link.buyer_id.display_name,
                products=other.categ_id.display_name or self.env._("everything"),
                supplier=other.supplier_id.display_name or other.company_id.name,
                date_from=other.date_from,
                date_to=other.date_to or self.env._("further notice"),
            )
        )

    def _check_circle(self):
        """No member supplies itself through others, on any day.

        A way up is followed only while all its links hold on a common day.
        """
        self.flush_model(_SHAPE)
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE up(link_id, start_id, member_id, days) AS (
                    SELECT id, buyer_id, supplier_id,
                           daterange(date_from, date_to, '[]')
                    FROM distribution_supply_link
                    WHERE id = ANY(%s) AND supplier_id IS NOT NULL
                    UNION
                    SELECT up.link_id, up.start_id, l.supplier_id,
                           up.days * daterange(l.date_from, l.date_to, '[]')
                    FROM up
                    JOIN distribution_supply_link l ON l.buyer_id = up.member_id
                    WHERE l.supplier_id IS NOT NULL AND up.member_id <> up.start_id
                      AND up.days && daterange(l.date_from, l.date_to, '[]')
                )
                SELECT link_id FROM up WHERE member_id = start_id
                ORDER BY link_id LIMIT 1
                """,
                self.ids,
            )
        )
        if not rows:
            return
        link = self.sudo().browse(rows[0][0])
        raise ValidationError(
            self.env._(
                "%(supplier)s buys from %(buyer)s, directly or through others, and "
                "cannot supply it at the same time. Choose another supplier.",
                supplier=link.supplier_id.display_name,
                buyer=link.buyer_id.display_name,
            )
        )
