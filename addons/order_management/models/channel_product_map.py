# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .channel_order_receive import JOB_SIZE


class ChannelProductMap(models.Model):
    """What a product of a channel is here; without a product it waits to be mapped.

    Entries to be mapped are made by the importer, with the orders that wait for them.
    Choosing the product releases these orders at once.
    """

    _name = "channel.product.map"
    _description = "Product of a Channel"
    _order = "id desc"
    _rec_name = "key"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "sale.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    key = fields.Char(
        "Channel's SKU",
        required=True,
        help="What the channel calls the product: SKU, else listing, barcode or name. "
        "“fee:” and a type stands for a charge, such as fee:gift_wrap.",
    )
    name = fields.Char("Name on Channel")
    barcode = fields.Char(readonly=True)
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The product here. Choosing it releases all orders that wait for it.",
    )
    factor = fields.Float(
        "Units",
        digits="Product Unit",
        default=1.0,
        required=True,
        help="Units of the product in one piece of the channel: 6 for a pack of six.",
    )
    waiting_order_ids = fields.Many2many(
        "channel.order",
        "channel_order_product_map_rel",
        "map_id",
        "row_id",
        string="Waiting Orders",
        readonly=True,
    )
    waiting_count = fields.Integer("Waiting", compute="_compute_waiting_count")

    _channel_key_uniq = models.UniqueIndex(
        "(channel_id, key)", "This product of the channel is mapped already."
    )
    _factor_check = models.Constraint(
        "CHECK (factor > 0)", "One piece of the channel is more than zero units here."
    )

    @api.depends("waiting_order_ids")
    def _compute_waiting_count(self):
        counts = {}
        if self.ids:
            counts = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT map_id, count(*) FROM channel_order_product_map_rel"
                        " WHERE map_id = ANY(%s) GROUP BY map_id",
                        list(self.ids),
                    )
                )
            )
        for entry in self:
            entry.waiting_count = counts.get(entry._origin.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Map products; where the importer made the entry already, that one is used."""
        keys = [(vals.get("channel_id"), vals.get("key")) for vals in vals_list]
        # before the database tells whether a neighbour has mapped this product
        channels = {channel_id for channel_id, _key in keys if channel_id}
        self.env["sale.channel"].browse(channels).check_access("read")
        known = {
            (entry.channel_id.id, entry.key): entry
            for entry in self.search(
                [
                    ("channel_id", "in", [channel for channel, _key in keys]),
                    ("key", "in", [key for _channel, key in keys]),
                    ("product_id", "=", False),
                ]
            )
        }
        fresh = [
            vals for key, vals in zip(keys, vals_list, strict=True) if key not in known
        ]
        made = iter(super().create(fresh))
        result = self.browse()
        for key, vals in zip(keys, vals_list, strict=True):
            if key in known:
                known[key].write(vals)
                result += known[key]
            else:
                result += next(made)
        return result

    def write(self, vals):
        """Map; the orders that wait for nothing else go on."""
        waiting = self.filtered(lambda entry: not entry.product_id)
        result = super().write(vals)
        if vals.get("product_id"):
            waiting._release_waiting()
        return result

    def action_view_waiting(self):
        """Open the orders that wait for these products."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_action"
        )
        rows = self.sudo().waiting_order_ids
        return {**action, "domain": [("id", "in", rows.ids)], "context": {}}

    def _release_waiting(self):
        """Try the orders again that wait for these products and for no other.

        A hundred at once, so that the person sees the result; more by jobs.
        """
        rows_sudo = self.sudo().waiting_order_ids.filtered(
            lambda row: row.state in ("held", "error", "received")
        )
        open_ids = {
            row_id
            for [row_id] in self.env.execute_query(
                SQL(
                    """
                    SELECT rel.row_id FROM channel_order_product_map_rel rel
                    JOIN channel_product_map map ON map.id = rel.map_id
                    WHERE rel.row_id = ANY(%s) AND map.product_id IS NULL
                    """,
                    list(rows_sudo.ids),
                    to_flush=self._fields["product_id"],
                )
            )
        }
        free_sudo = rows_sudo.filtered(lambda row: row.id not in open_ids)
        if len(free_sudo) > JOB_SIZE:
            free_sudo._release()
        elif free_sudo:
            free_sudo.try_lock_for_update(allow_referencing=True)._process()

    @api.model
    def _release_found(self):
        """Products that came to have the SKU or barcode an order waits for.

        Called by the cron: nothing is added to the saving of products.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT rel.row_id FROM channel_product_map map
                JOIN channel_order_product_map_rel rel ON rel.map_id = map.id
                JOIN channel_order row ON row.id = rel.row_id
                WHERE map.product_id IS NULL AND NOT row.to_process
                AND row.state IN ('held', 'error') AND EXISTS (
                    SELECT 1 FROM product_product product
                    WHERE product.active AND product.write_date > row.processed_at
                    AND (product.default_code = map.key
                         OR product.barcode IN (map.key, map.barcode)))
                """
            )
        )
        self.env["channel.order"].browse([row[0] for row in rows])._release()

    @api.model
    def _set_waiting(self, channel, missing):
        """Keep which rows wait for which products; make the entries to be mapped.

        :param missing: ``{row id: [(key, neutral line), ...]}``
        """
        lines = {
            key[:255]: line for pairs in missing.values() for key, line in pairs if key
        }
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM channel_order_product_map_rel WHERE row_id = ANY(%s)",
                list(missing),
            )
        )
        self.invalidate_model()
        if not lines:
            return
        self._insert_unmapped(channel, lines)
        pairs = sorted(
            {(row, key[:255]) for row, found in missing.items() for key, _l in found}
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_order_product_map_rel (row_id, map_id)
                SELECT new.row_id, map.id FROM (VALUES %s) AS new (row_id, key)
                JOIN channel_product_map map
                ON map.channel_id = %s AND map.key = new.key
                """,
                SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs),
                channel.id,
            )
        )

    @api.model
    def _insert_unmapped(self, channel, lines):
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_product_map (channel_id, company_id, key, name,
                    barcode, factor, create_uid, write_uid, create_date, write_date)
                VALUES %s ON CONFLICT DO NOTHING
                """,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, 1, %s, %s, %s, %s)",
                        channel.id,
                        channel.company_id.id,
                        key,
                        lines[key].name or None,
                        lines[key].barcode or None,
                        self.env.uid,
                        self.env.uid,
                        now,
                        now,
                    )
                    for key in sorted(lines)
                ),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waited_for(self):
        if any(entry.waiting_count for entry in self):
            raise UserError(
                self.env._(
                    "Orders wait for this product. Map it, or ignore those orders."
                )
            )
