# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .stock_quant_turn import CONCURRENCY_ERRORS

_IDENTITY = ["product_id", "location_id", "lot_id", "package_id", "owner_id"]


class StockQuant(models.Model):
    """What lies in one place, and how much of it is reserved.

    Plain Odoo skips a quant that another transaction has locked and makes a second
    one from an old snapshot, so two orders can take the same last unit. Here a
    quant whose location counts for reservation is locked before it is changed:
    PostgreSQL then either gives the newest row or refuses (40001).

    Context key ``order_management_locked_quants``: {(product id, location id)} of
    which the caller has locked every quant in this transaction.
    """

    _inherit = "stock.quant"

    @api.model
    def _update_available_quantity(
        self,
        product_id,
        location_id,
        quantity=False,
        reserved_quantity=False,
        lot_id=None,
        package_id=None,
        owner_id=None,
        in_date=None,
    ):
        """Override of `stock` to lock the matching quants before they are read.

        :raises psycopg2.errors.SerializationFailure: another transaction changed
            one of them after this one began; the request is then retried by Odoo
        """
        locked = self.env.context.get("order_management_locked_quants", ())
        if (
            product_id.id,
            location_id.id,
        ) not in locked and not location_id.should_bypass_reservation():
            self.sudo()._lock_strictly_matching(
                product_id, location_id, lot_id, package_id, owner_id
            )
        return super()._update_available_quantity(
            product_id,
            location_id,
            quantity=quantity,
            reserved_quantity=reserved_quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            in_date=in_date,
        )

    @api.model
    def _lock_strictly_matching(self, product, location, lot, package, owner):
        """Wait for every quant that this change could choose: core's SKIP LOCKED
        then never misses one."""
        domain = self._get_gather_domain(
            product,
            location,
            lot_id=lot,
            package_id=package,
            owner_id=owner,
            strict=True,
        )
        with self._remember_lost_races(product.ids):
            self._share_product_locks(product.ids)
            self._lock_in_domain(domain, product)

    @api.model
    def _lock_for_reservation(self, needs, wait=False):
        """Lock all quants that a reservation may take from, in one statement.

        Without ``wait`` nothing is ever waited for, and the transaction survives a
        lost race: what could not be had is reported as busy.

        :param needs: {(product, location): quantity in the product's UoM}
        :param wait: wait for locks, and let concurrency errors escape
        :return: (ids of busy products, {(product id, location id) that are locked})
        """
        self = self.sudo()
        products = self.env["product.product"].union(*(p for p, _l in needs))
        domain = self._get_reservation_domain(needs)
        if wait:
            with self._remember_lost_races(products.ids):
                return self._lock_in_domain(domain, products)
        self.flush_model(_IDENTITY)  # not inside the savepoint
        try:
            with self.env.cr.savepoint(flush=False):
                busy = self._try_product_locks(products.ids)
                more, locked = self._lock_in_domain(
                    domain & Domain("product_id", "not in", list(busy)),
                    products,
                    skip_locked=True,
                )
                return busy | more, locked
        except CONCURRENCY_ERRORS:
            # something changed since this transaction's snapshot: what it sees
            # cannot be believed, a new transaction must look again
            return set(products.ids), frozenset()

    @api.model
    def _get_reservation_domain(self, needs):
        """All quants of untracked products below the source locations; of tracked
        ones, which may have thousands, only those that would be chosen."""
        chosen, untracked = [], defaultdict(list)
        for (product, location), quantity in needs.items():
            if product.tracking == "none":
                untracked[location].append(product.id)
                continue
            quants = self._get_reserve_quantity(product, location, quantity)
            chosen += [quant.id for quant, _quantity in quants]
        domains = [
            Domain("product_id", "in", product_ids)
            & Domain("location_id", "child_of", location.id)
            for location, product_ids in untracked.items()
        ]
        return Domain.OR([*domains, Domain("id", "in", chosen)])

    @api.model
    def _lock_for_transfer(self, lines):
        """Wait for all quants that these move lines will change when they are done.

        :param lines: stock.move.line
        :return: {(product id, location id) that are locked}
        """
        self = self.sudo()
        domains, products = [], self.env["product.product"]
        for line in lines.filtered("product_id.is_storable"):
            locations = (line.location_id | line.location_dest_id).filtered(
                lambda location: not location.should_bypass_reservation()
            )
            if not locations:
                continue
            products |= line.product_id
            domain = Domain("product_id", "=", line.product_id.id)
            domain &= Domain("location_id", "in", locations.ids)
            if line.product_id.tracking != "none":
                domain &= Domain("lot_id", "in", [line.lot_id.id, False])
            domains.append(domain)
        if not domains:
            return frozenset()
        with self._remember_lost_races(products.ids):
            self._share_product_locks(products.ids)
            return self._lock_in_domain(Domain.OR(domains), products)[1]

    @api.model
    def _lock_in_domain(self, domain, products, skip_locked=False):
        """Lock the quants of a domain in id order.

        :param products: those that the domain is about
        :return: (ids of products with a quant that was skipped,
            {(product id, location id) of which all quants are locked})
        """
        self.flush_model(_IDENTITY)
        self.env.cr.execute(
            SQL(
                """
                WITH wanted AS MATERIALIZED (%(wanted)s),
                locked AS MATERIALIZED (
                    SELECT id FROM stock_quant
                     WHERE id IN (SELECT id FROM wanted)
                     ORDER BY id FOR NO KEY UPDATE %(mode)s
                )
                SELECT wanted.product_id, wanted.location_id, locked.id IS NOT NULL
                  FROM wanted LEFT JOIN locked USING (id)
                """,
                wanted=self._search(domain).select(
                    *(
                        SQL.identifier("stock_quant", name)
                        for name in ("id", "product_id", "location_id")
                    )
                ),
                mode=SQL("SKIP LOCKED") if skip_locked else SQL(),
            ),
            # losing a race is no error of the query
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        busy = {product_id for product_id, _location, is_mine in rows if not is_mine}
        # of a tracked product some quants are not in the domain
        whole = {p.id for p in products if p.tracking == "none"} - busy
        return busy, frozenset((p, loc) for p, loc, _mine in rows if p in whole)
