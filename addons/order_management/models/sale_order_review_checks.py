# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..neutral.words import fold
from ..tools.figures import plain_figure


class SaleOrder(models.Model):
    """An order; here: checks of the review about the order as a whole.

    Each looks at any number of orders in a fixed number of queries and returns
    ``{order id: (reason, facts)}``. Facts are what the order itself says: what somebody
    decided about them holds until they change.
    """

    _inherit = "sale.order"

    def _review_duplicate(self, rule):
        """Same buyer or telephone, same lines, within the rule's hours; whatever the
        channel. The later one is the duplicate; parts of one order are none, nor is
        what a return is settled with."""
        pairs = self._find_duplicates(rule.threshold_hours)
        others = self.browse({id for ids in pairs.values() for id in ids})
        texts = {
            order.id: ", ".join(
                filter(None, [order.name, order.sale_channel_id.sudo().name])
            )
            for order in others
        }
        return {
            order_id: (
                self.env._(
                    "Same buyer and same lines within %(hours)g hours: %(orders)s",
                    hours=rule.threshold_hours,
                    orders="; ".join(texts[other_id] for other_id in other_ids[:5]),
                ),
                other_ids,
            )
            for order_id, other_ids in pairs.items()
        }

    def _find_duplicates(self, hours):
        """``{order id: ids of earlier orders}``"""
        self.env.flush_all()
        moments = [order.date_order for order in self if order.date_order]
        if not moments:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                WITH mine AS (%(mine)s), other AS (%(other)s), pair AS (
                    SELECT mine.id, other.id AS other_id
                    FROM mine JOIN other ON other.buyer = mine.buyer
                    WHERE %(near)s
                    UNION
                    SELECT mine.id, other.id
                    FROM mine JOIN other ON other.phone = mine.phone
                    WHERE %(near)s
                ), goods AS (
                    SELECT order_id, string_agg(
                        product_id || ':' || quantity, ',' ORDER BY product_id, quantity
                    ) AS content
                    FROM (
                        SELECT order_id, product_id,
                            product_uom_id || 'x' || round(sum(product_uom_qty), 3)
                                AS quantity
                        FROM sale_order_line
                        WHERE display_type IS NULL AND is_delivery IS NOT TRUE
                          AND product_uom_qty > 0 AND order_id IN (
                            SELECT id FROM pair UNION SELECT other_id FROM pair)
                        GROUP BY order_id, product_id, product_uom_id
                    ) line GROUP BY order_id
                )
                SELECT pair.id, array_agg(pair.other_id ORDER BY pair.other_id)
                FROM pair JOIN goods a ON a.order_id = pair.id
                JOIN goods b ON b.order_id = pair.other_id AND b.content = a.content
                GROUP BY pair.id
                """,
                mine=self._select_buyers(SQL("o.id = ANY(%s)", list(self.ids))),
                other=self._select_buyers(
                    SQL(
                        "o.company_id = ANY(%s) AND o.state <> 'cancel'"
                        " AND o.is_channel_test IS NOT TRUE"
                        " AND o.date_order BETWEEN %s AND %s",
                        self.company_id.ids,
                        min(moments) - timedelta(hours=hours),
                        max(moments),
                    )
                ),
                near=SQL(
                    "other.company_id = mine.company_id AND other.id <> mine.id"
                    " AND (other.date_order, other.id) < (mine.date_order, mine.id)"
                    " AND other.date_order >= mine.date_order - %s * interval '1 hour'",
                    hours,
                ),
            )
        )
        return self._drop_split_relatives(dict(rows))

    def _drop_split_relatives(self, pairs):
        """:param pairs: ``{order id: ids of orders like it}``"""
        orders = self.browse(
            {id for pair in pairs.items() for id in (pair[0], *pair[1])}
        )
        roots = {order.id: order._get_split_root().id for order in orders}
        pairs = {
            order_id: [other for other in ids if roots[other] != roots[order_id]]
            for order_id, ids in pairs.items()
        }
        return {order_id: ids for order_id, ids in pairs.items() if ids}

    def _select_buyers(self, condition):
        """Orders with who buys: the customer (a walk-in is nobody) and the last digits
        of the telephone, which every way to write it ends with."""
        return SQL(
            """
            SELECT o.id, o.company_id, o.date_order, CASE WHEN NOT EXISTS (
                    SELECT FROM sale_channel WHERE walkin_partner_id = partner.id
                ) THEN partner.commercial_partner_id END AS buyer,
                CASE WHEN length(digits) >= 8 THEN right(digits, 9) END AS phone
            FROM sale_order o
            JOIN res_partner partner ON partner.id = o.partner_id
            LEFT JOIN res_partner place ON place.id = o.partner_shipping_id
            CROSS JOIN LATERAL regexp_replace(
                COALESCE(NULLIF(place.phone, ''), partner.phone, ''), '[^0-9]', '', 'g'
            ) AS digits
            WHERE o.channel_return_id IS NULL AND %s
            """,
            condition,
        )

    def _review_unpaid(self, rule):
        """Imported orders whose channel has not reported the payment; paid at the door
        counts as paid."""
        text = self.env._("Not paid on its channel yet")
        return {
            order.id: (text, False)
            for order in self
            if order.channel_number and not order.channel_paid
        }

    def _review_note(self, rule):
        """What the buyer wrote, or only if it has one of the rule's words."""
        words = [fold(word) for word in (rule.threshold_text or "").split(",")]
        words = list(filter(None, words))
        findings = {}
        for order in self:
            note = (order.buyer_note or "").strip()
            if note and (not words or any(word in fold(note) for word in words)):
                short = note if len(note) <= 200 else f"{note[:200]}…"
                text = self.env._("The buyer wrote: %(note)s", note=short)
                findings[order.id] = (text, note)
        return findings

    def _review_amount(self, rule):
        """Total with taxes in the company's currency, over the rule's amount."""
        amounts = self._get_fact_amount()
        findings = {}
        for order in self:
            currency = order.company_id.currency_id
            amount = amounts[order.id]
            if currency.compare_amounts(amount, rule.threshold_amount) > 0:
                text = self.env._(
                    "Total %(amount)s, over %(limit)s",
                    amount=currency.format(amount),
                    limit=currency.format(rule.threshold_amount),
                )
                findings[order.id] = (text, currency.round(amount))
        return findings

    def _review_refund(self, rule):
        """The channel or the customer asks for the money back before it shipped."""
        findings = self._find_changes(("refund", "cancel"))
        groups = (
            self.env["channel.return.line"]
            .sudo()
            ._read_group(
                [
                    ("order_id", "in", self.ids),
                    ("return_id.state", "not in", ("cancelled", "refused")),
                ],
                ["order_id"],
                ["return_id:array_agg"],
            )
        )
        for order, return_ids in groups:
            if order.id not in findings:
                text = self.env._("A return is asked for")
                findings[order.id] = (text, sorted(set(return_ids)))
        return findings

    def _review_shipped(self, rule):
        """The channel says that it shipped, and nothing left from here."""
        return self._find_changes(("status",))

    def _find_changes(self, kinds):
        """What the channel changed and nobody has decided, as findings."""
        changes = (
            self.env["channel.order.change"]
            .sudo()
            .search(
                [
                    ("order_id", "in", self.ids),
                    ("kind", "in", kinds),
                    ("state", "=", "pending"),
                ]
            )
        )
        return {
            order.id: ("\n".join(own.mapped("label")), sorted(own.ids))
            for order, own in changes.grouped("order_id").items()
        }

    def _review_quota(self, rule):
        """What the quotas that ask for approval say, where no approval asks anyway."""
        open_sudo = self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and order.approval_mode != "explicit"
            )
        )
        plan = open_sudo._plan_quotas(stage="hold")
        findings = {}
        for order in open_sudo:
            excess = [
                item
                for item in plan.excess.get(order.id, ())
                if item.booking.quota.policy == "approval"
                and not order._may_exceed_quota(item.booking)
            ]
            if excess:
                texts = [order._get_quota_error(item) for item in excess]
                facts = [[x.booking.quota.id, plain_figure(x.asked)] for x in excess]
                findings[order.id] = ("\n".join(texts), facts)
        # past ones, in a dry run
        decided = self.filtered(lambda order: order.state not in ("draft", "sent"))
        for order in decided:
            if rows := order.quota_excess:
                text = self.env._(
                    "Over quota: %(quotas)s",
                    quotas=", ".join(row["name"] for row in rows),
                )
                findings[order.id] = (text, rows)
        return findings
