# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from collections import Counter
from datetime import timedelta

from odoo import Command, fields

from .quota_common import QuotaCase


class SplitCase(QuotaCase):
    """Orders whose parts together have to be what the order was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("order_management.group_manager")
        cls.reviewer = cls._create_user("reviewer")
        cls.clerk = cls._create_user("clerk")
        country = cls.company.account_fiscal_country_id or cls.env.ref("base.vn")
        group = cls.env["account.tax.group"].create(
            {
                "name": "Split",
                "company_id": cls.company.id,
                "country_id": country.id,
            }
        )
        cls.taxes = cls.env["account.tax"].create(
            [
                {
                    "name": f"Split {amount} %",
                    "amount": amount,
                    "type_tax_use": "sale",
                    "company_id": cls.company.id,
                    "country_id": country.id,
                    "tax_group_id": group.id,
                }
                for amount in (7.0, 8.1, 19.0)
            ]
        )
        cls.products = cls.product | cls.other_product
        for product in cls.products:
            cls._add_stock(1000, product)

    def _family(self, order):
        return order._get_split_root()._get_split_family()

    def _snapshot(self, order):
        """Everything that has to be the same before, after, and when undone."""
        self.env.flush_all()
        self.env.invalidate_all()
        family = self._family(order)
        lines = family.order_line
        quantities, approved, open_qty, reserved = (Counter() for _n in range(4))
        for line in lines:
            if line.channel_line_ref == "@split":
                continue
            quantities[line.product_id.id, line.price_unit] += line.product_uom_qty
            approved[line.product_id.id, line.price_unit] += line.approved_qty
            for move in line._get_split_moves():
                step = move.picking_type_id.id
                open_qty[line.product_id.id, step] += move.product_qty
                reserved[line.product_id.id, step] += move.quantity
        quotas, holds = Counter(), Counter()
        for move in self.move_model.search([("order_id", "in", family.ids)]):
            quotas[move.quota_id.id, "held"] += move.delta_held
            quotas[move.quota_id.id, "consumed"] += move.delta_consumed
        for hold in family._get_active_holds():
            holds[hold.product_id.id, hold.expires_at] += hold.quantity
        return {
            "total": round(sum(family.mapped("amount_total")), 2),
            "paid": round(sum(family.mapped("amount_paid")), 2),
            **{
                name: {key: round(qty, 4) for key, qty in counter.items() if qty}
                for name, counter in (
                    ("quantities", quantities),
                    ("approved", approved),
                    ("open", open_qty),
                    ("reserved", reserved),
                    ("quotas", quotas),
                    ("holds", holds),
                )
            },
        }

    def _random_order(self, rnd, state):
        """An order of some lines, with odd prices and taxes.

        :param state: ``draft``, ``approved`` or ``sale``
        """
        lines = []
        for _number in range(rnd.randint(2, 5)):
            taxes = rnd.sample(self.taxes.ids, rnd.randint(0, 2))
            lines.append(
                Command.create(
                    {
                        "product_id": rnd.choice(self.products).id,
                        "product_uom_qty": rnd.randint(1, 9),
                        "price_unit": round(rnd.uniform(0.5, 99), 2),
                        "discount": rnd.choice([0, 0, 5, 12.5, 33.33]),
                        "tax_ids": [Command.set(taxes)],
                    }
                )
            )
        order = self._create_order(order_line=lines)
        if rnd.random() < 0.6:
            until = fields.Datetime.now() + timedelta(hours=5)
            order._hold(until)
        if state != "draft" and order.approval_mode == "explicit":
            order.action_submit()
            line = order.order_line[0]
            if rnd.random() < 0.5 and line.product_uom_qty > 1:
                line.with_user(self.reviewer).write(
                    {"approved_qty": line.product_uom_qty - 1, "cut_reason": "Scarce"}
                )
            order.with_user(self.reviewer).action_approve()
        if state == "sale":
            order.action_confirm()
            order.picking_ids.action_assign()
        return order

    def _random_groups(self, rnd, order):
        """One to three groups that leave something behind."""
        left = {line: int(line.product_uom_qty) for line in order.order_line}
        groups = []
        for _number in range(rnd.randint(1, 3)):
            group = {}
            for line in order.order_line:
                if left[line] and sum(left.values()) > 1 and rnd.random() < 0.6:
                    quantity = rnd.randint(1, left[line])
                    if sum(left.values()) - quantity < 1:
                        continue
                    group[line] = quantity
                    left[line] -= quantity
            if group:
                groups.append(group)
        return groups

    def _seeded(self, seed):
        return random.Random(seed)
