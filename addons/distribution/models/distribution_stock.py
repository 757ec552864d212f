# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare

from odoo.addons.order_management.tools.figures import plain_figure


class DistributionStock(models.Model):
    """What a member of the network has of a product, and what of it is promised.

    A counter row: every posting and every promise UPDATEs it, so that two
    confirmations never promise the same last units. It always equals the sum of the
    ledger; people never write it.
    """

    _name = "distribution.stock"
    _description = "Channel Stock"
    _order = "member_id, product_id"
    _rec_name = "product_id"
    _log_access = False

    member_id = fields.Many2one(
        "distribution.member", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        digits=0,
        min_display_digits="Product Unit",
        readonly=True,
        required=True,
        default=0,
        help="In the product's unit, as the ledger says.",
    )
    promised_qty = fields.Float(
        "Promised",
        digits=0,
        min_display_digits="Product Unit",
        readonly=True,
        required=True,
        default=0,
        help="Confirmed to customers of the member and not delivered yet.",
    )
    expiry_date = fields.Date(
        "Earliest Expiry", readonly=True, help="As it was seen at the last count."
    )
    counted_on = fields.Date("Last Count", readonly=True)

    _member_product_uniq = models.Constraint(
        "UNIQUE (member_id, product_id)",
        "A member has one stock row for each product.",
    )
    _promised_check = models.Constraint(
        "CHECK (promised_qty >= 0)", "Promised quantities are never below zero."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Made by postings only.

        :raises UserError: always, but for the system
        """
        if not self.env.su:
            raise UserError(self._get_refusal())
        return super().create(vals_list)

    def write(self, vals):
        """Changed by postings only.

        :raises UserError: always, but for the system
        """
        if not self.env.su:
            raise UserError(self._get_refusal())
        return super().write(vals)

    def _get_refusal(self):
        return self.env._(
            "Channel stock follows the ledger and cannot be typed in. Make a stock "
            "count: its differences are posted."
        )

    @api.model
    def _change(self, changes):
        """Add to counters, in id order; one statement, two where a row is new.

        :param changes: ``{(member id, product id): (quantity, promised)}`` in the
            product's unit
        :return: ``{(member id, product id): (quantity, promised)}`` after it
        """
        changes = {key: value for key, value in changes.items() if any(value)}
        if not changes:
            return {}
        rows = self._update_counters(changes)
        if missing := changes.keys() - {tuple(row[:2]) for row in rows}:
            self._insert_counters(sorted(missing))
            rows += self._update_counters({key: changes[key] for key in missing})
        self.invalidate_model(["quantity", "promised_qty"], flush=False)
        return {
            (member_id, product_id): (float(quantity), float(promised))
            for member_id, product_id, quantity, promised in rows
        }

    @api.model
    def _update_counters(self, changes):
        keys = sorted(changes)
        return self.env.execute_query(
            SQL(
                """
                WITH new AS (
                    SELECT * FROM unnest(
                        %s::int[], %s::int[], %s::numeric[], %s::numeric[]
                    ) AS new(member_id, product_id, quantity, promised)
                ), turn AS MATERIALIZED (
                    SELECT stock.id, new.quantity, new.promised
                    FROM distribution_stock stock
                    JOIN new USING (member_id, product_id)
                    ORDER BY stock.id FOR NO KEY UPDATE OF stock
                )
                UPDATE distribution_stock stock
                SET quantity = stock.quantity + turn.quantity,
                    promised_qty = stock.promised_qty + turn.promised
                FROM turn WHERE turn.id = stock.id
                RETURNING stock.member_id, stock.product_id, stock.quantity,
                    stock.promised_qty
                """,
                [member_id for member_id, _product_id in keys],
                [product_id for _member_id, product_id in keys],
                [repr(changes[key][0]) for key in keys],
                [repr(changes[key][1]) for key in keys],
            )
        )

    @api.model
    def _insert_counters(self, keys):
        # a row that came since the snapshot makes this start over
        self.env.execute_query(
            SQL(
                """
                INSERT INTO distribution_stock
                    (member_id, product_id, company_id, quantity, promised_qty)
                SELECT new.member_id, new.product_id, member.company_id, 0, 0
                FROM unnest(%s::int[], %s::int[]) AS new(member_id, product_id)
                JOIN distribution_member member ON member.id = new.member_id
                ORDER BY new.member_id, new.product_id
                ON CONFLICT (member_id, product_id) DO NOTHING
                RETURNING id
                """,
                [member_id for member_id, _product_id in keys],
                [product_id for _member_id, product_id in keys],
            )
        )

    @api.model
    def _promise(self, wanted, policy):
        """Promise goods of members to their customers, or give promises back.

        :param wanted: ``{(member id, product id): quantity}``, negative gives back
        :param policy: ``block`` refuses what is more than the member has free
        :return: ``{(member id, product id): missing}`` where more is promised than
            there is
        :raises ValidationError: under ``block``, naming the first shortage
        """
        after = self._change({key: (0.0, value) for key, value in wanted.items()})
        short = {
            key: promised - quantity
            for key, (quantity, promised) in after.items()
            if wanted[key] > 0
            and float_compare(promised, quantity, precision_digits=6) > 0
        }
        if short and policy == "block":
            raise ValidationError(self._get_short_message(short, wanted))
        return short

    @api.model
    def _get_short_message(self, short, wanted):
        member_id, product_id = min(short)
        missing = short[member_id, product_id]
        asked = wanted[member_id, product_id]
        member = self.env["distribution.member"].sudo().browse(member_id)
        product = self.env["product.product"].sudo().browse(product_id)
        return self.env._(
            "“%(member)s” has %(free)s %(unit)s of %(product)s free, %(asked)s are "
            "asked for. Confirm less, or post what the member received.",
            member=member.display_name,
            free=plain_figure(max(asked - missing, 0)),
            unit=product.uom_id.name,
            product=product.display_name,
            asked=plain_figure(asked),
        )

    def action_view_ledger(self):
        """The postings behind these figures."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ledger_action"
        )
        return {
            **action,
            "domain": [
                ("member_id", "in", self.member_id.ids),
                ("product_id", "in", self.product_id.ids),
            ],
            "context": {},
        }
