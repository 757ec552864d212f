# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

#: older orders are not looked at: what waits that long has another reason to wait
_DAYS = 30
_LIMIT = 5000


class OrderMergeGroup(models.Model):
    """A parcel of several orders; here: which orders could be one."""

    _inherit = "order.merge.group"

    @api.model
    def action_find(self):
        """Look for orders that could leave in one parcel, and show the proposals.

        :raises AccessError: who is no clerk
        """
        self.env["sale.order"]._check_split_right()
        self._propose(self.env.companies)
        return self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_merge_group_action"
        )

    @api.model
    def _propose(self, companies):
        """Bring the proposals of these companies up to date.

        Those that were dismissed are not made again, those that are not possible any
        more go.

        :return: the proposals
        """
        # sudo: proposals are made of all orders of the companies, and shown to whom
        # the record rules let see them
        groups = self.sudo()
        old = groups.search(
            [("company_id", "in", companies.ids), ("state", "=", "proposed")]
        )
        dismissed = groups.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "dismissed"),
                ("first_order_at", ">=", self._get_oldest()),
            ]
        )
        refused = {frozenset(group.order_ids.ids) for group in dismissed}
        known = {frozenset(group.order_ids.ids): group for group in old}
        wanted = {}
        for company in companies:
            for orders in self._find_clusters(company):
                ids = frozenset(orders.ids)
                if ids not in refused:
                    wanted[ids] = orders
        stale = groups.concat(*(g for ids, g in known.items() if ids not in wanted))
        stale.unlink()
        groups.create(
            [
                self._prepare_proposal(orders)
                for ids, orders in wanted.items()
                if ids not in known
            ]
        )
        return groups.search(
            [("company_id", "in", companies.ids), ("state", "=", "proposed")]
        )

    @api.model
    def _get_oldest(self):
        return fields.Datetime.now() - timedelta(days=_DAYS)

    @api.model
    def _find_clusters(self, company):
        """Orders of a company that could leave together.

        :return: list of at least two orders each, the oldest first
        """
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "sale"),
                    ("is_sealed", "=", False),
                    ("merge_group_id", "=", False),
                    ("date_order", ">=", self._get_oldest()),
                    (
                        "picking_ids",
                        "any",
                        [("state", "in", ("waiting", "confirmed", "assigned"))],
                    ),
                ],
                order="date_order, id",
                limit=_LIMIT,
            )
        )
        orders = orders.filtered(lambda order: not order._get_merge_problem())
        found = []
        for some in orders.grouped(lambda order: order._get_merge_key()).values():
            found += self._cut_by_time(some, company.merge_hours)
        return found

    @api.model
    def _cut_by_time(self, orders, hours):
        """Clusters of these orders, none longer than so many hours."""
        clusters, span = [], timedelta(hours=hours)
        for order in orders:
            if not clusters or order.date_order - clusters[-1][0].date_order > span:
                clusters.append(order)
            else:
                clusters[-1] |= order
        return [cluster for cluster in clusters if len(cluster) > 1]

    @api.model
    def _prepare_proposal(self, orders):
        first, last = orders[0], orders[-1]
        apart = (last.date_order - first.date_order).total_seconds() / 3600
        return {
            "name": " + ".join(orders.mapped("name"))[:128],
            "company_id": first.company_id.id,
            "order_ids": orders.ids,
            "order_count": len(orders),
            "partner_id": first.partner_shipping_id.id,
            "carrier_id": first._get_merge_carrier().id,
            "warehouse_id": first.warehouse_id.id,
            "currency_id": first.currency_id.id,
            "hours_apart": apart,
            "first_order_at": first.date_order,
            "reason": self._describe_proposal(orders, apart),
        }

    @api.model
    def _describe_proposal(self, orders, apart):
        """Why these orders could leave in one parcel, in words."""
        first = orders[0]
        receiver = first.partner_shipping_id
        parts = [
            self.env._("same buyer: %(name)s", name=first.partner_id.display_name),
            self.env._(
                "same receiver, phone and address: %(receiver)s, %(street)s",
                receiver=receiver.name or receiver.display_name,
                street=", ".join(filter(None, (receiver.street, receiver.city))),
            ),
            self.env._("placed within %(minutes)s minutes", minutes=round(apart * 60)),
        ]
        carrier = first._get_merge_carrier()
        if carrier:
            parts.append(self.env._("same carrier: %(name)s", name=carrier.name))
        if first.cash_on_delivery:
            parts.append(self.env._("all paid at the door"))
        else:
            parts.append(self.env._("all paid"))
        return "\n".join(parts)
