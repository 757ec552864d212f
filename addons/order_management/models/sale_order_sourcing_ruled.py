# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: the warehouse that an order rule gives it (`order.rule`).

    Such a rule is about the order, sourcing rules are about stock: what it says is
    kept, also where it is the warehouse that the order had anyway. A person's choice
    comes before it.
    """

    _inherit = "sale.order"

    def _choose_by_order_rules(self, plans):
        """Serve these quotations from where order rules say, and keep which one did.

        Nothing happens in companies without sourcing rules: there the warehouse of the
        order says it all.

        :param plans: what the rules give, see ``order.rule._plan``
        """
        # sudo: whoever enters an order need no rights on warehouses and stock
        for company, orders_sudo in self.sudo().grouped("company_id").items():
            choices = {}
            for order in orders_sudo.with_company(company):
                given, _texts, rules = plans[order.id]
                if not order._is_ruled_warehouse(given.get("warehouse_id")):
                    continue
                rule = rules.filtered("set_warehouse_id")[:1]
                if not order._is_ruled_by(rule):
                    trace = {"result": "ruled", "order_rule": rule.id, "reason": ""}
                    choices[order] = (order.warehouse_id.id, {}, trace)
            ruled = orders_sudo.browse().concat(*choices).with_company(company)
            if ruled:
                self.env["order.sourcing.load"]._give_back(ruled)
                ruled._apply_choices(choices)

    def _is_ruled_warehouse(self, warehouse):
        """Whether the order comes from this warehouse because a rule says so.

        :param warehouse: what the rules give, or nothing
        """
        self.ensure_one()
        return bool(
            warehouse
            and warehouse.active
            and self.warehouse_id == warehouse
            and self.state in ("draft", "sent")
            and self.sourcing_state in (False, "ruled")
            and not self._is_hand_set("warehouse_id")
            and self._has_sourcing_rules()
        )

    def _is_ruled_by(self, rule):
        """Whether it is known already that this rule chose the warehouse."""
        self.ensure_one()
        return (
            self.sourcing_state == "ruled"
            and self.sourcing_trace["order_rule"] == rule.id
            and self.sourcing_trace["chosen"] == self.warehouse_id.ids
            and self.sourcing_key == self._get_sourcing_key()
        )
