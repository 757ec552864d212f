# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from .sale_order_bulk import Bulk

#: Proof that the reservation of move lines was added to their quants already
RESERVED = object()


class StockQuant(models.Model):
    """What lies in one place; here: reserved for many moves in one statement."""

    _inherit = "stock.quant"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _update_reserved_quantity(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Override: nothing to do where `_add_reserved` has counted the lines."""
        if self.env.context.get("order_management_reserved") is RESERVED:
            return None
        return super()._update_reserved_quantity(
            product_id,
            location_id,
            quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            strict=strict,
        )

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        """Override: in a batch, a quant that this transaction has locked is not asked
        for again; Odoo does so three times for each line of a transfer."""
        bulk = Bulk.of(self)
        if not bulk or limit != 1:
            return super().try_lock_for_update(
                allow_referencing=allow_referencing, limit=limit
            )
        if self[:1].id in bulk.locked_quant_ids:
            return self[:1]
        locked = super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )
        bulk.locked_quant_ids.update(locked.ids)
        return locked

    @api.model
    def _fetch_for_transfer(self, lines):
        """Read and lock at once what Odoo would read and lock quant by quant.

        What another transaction has locked is left to Odoo, as it does one by one.
        """
        lines = lines.filtered(lambda line: line.product_id.tracking == "none")
        places = lines.location_id | lines.location_dest_id
        quants_sudo = self.sudo().search(
            [
                ("product_id", "in", lines.product_id.ids),
                ("location_id", "in", places.ids),
            ]
        )
        quants_sudo.mapped("quantity")
        locked = quants_sudo.try_lock_for_update(allow_referencing=True)
        Bulk.of(self).locked_quant_ids.update(locked.ids)

    @api.model
    def _add_reserved(self, taken):
        """Reserve ``{quant: quantity in the product's unit}``, locked by the caller.

        Not by the ORM: it would write each quant by itself.
        """
        ids = [quant.id for quant in taken]
        self.env.execute_query(
            SQL(
                """
                UPDATE stock_quant quant
                SET reserved_quantity = reserved_quantity + new.quantity,
                    write_date = now() AT TIME ZONE 'UTC', write_uid = %s
                FROM unnest(%s, %s::numeric[]) AS new (id, quantity)
                WHERE quant.id = new.id RETURNING quant.id
                """,
                self.env.uid,
                ids,
                list(taken.values()),
            )
        )
        self.browse(ids).invalidate_recordset(["reserved_quantity"], flush=False)
