# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OrderShortage(models.Model):
    """Goods that are not there; here: what the customer wants, and how it is done.

    Waiting and sending what is there change no quantity and are done at once. A line
    is cut by the system only where the company says so; a substitute, with its price,
    is always a person's decision.
    """

    _inherit = "order.shortage"

    def _get_options(self):
        """The choices that make sense for this shortage, with their products.

        :return: list of dicts with ``value``, ``option``, ``label`` and ``product``
        """
        self.ensure_one()
        labels = dict(self._fields["option"]._description_selection(self.env))
        options = [{"value": "wait", "option": "wait", "label": labels["wait"]}]
        line = self.line_id
        open_qty = line.product_uom_qty - line.qty_delivered
        lines = self.order_id._get_tracking_lines()
        if len(lines) > 1 or self.uom_id.compare(self.missing_qty, open_qty) < 0:
            options.append(
                {"value": "partial", "option": "partial", "label": labels["partial"]}
            )
        for row in self._get_substitutes():
            options.append(
                {
                    "value": f"substitute:{row['id']}",
                    "option": "substitute",
                    "label": f"{labels['substitute']}: {row['name']}",
                    "product": row["id"],
                }
            )
        if not self.order_id.locked:
            options.append(
                {"value": "cancel", "option": "cancel", "label": labels["cancel"]}
            )
        return options

    def _get_substitutes(self):
        """What is there and enough: rows of ``_prepare_substitutes``."""
        line = self.line_id.with_context(display_default_code=False)
        rows = line._prepare_substitutes(
            line.product_id, self.warehouse_id, self.company_id
        )
        products = line.product_id.browse([row["id"] for row in rows])
        return [
            row
            for row, product in zip(rows, products, strict=True)
            # pieces in place of metres are no substitute that anybody could count
            if line.product_uom_id._has_common_reference(product.uom_id)
            and row["available"] >= self._get_substitute_qty(product)
        ]

    def _get_substitute_qty(self, product):
        """What is missing, in the unit of another product."""
        return self.line_id.product_uom_id._compute_quantity(
            self.missing_qty, product.uom_id
        )

    def _answer(self, value, by="customer"):
        """Take the choice of one shortage and do what may be done by itself.

        The same choice again changes nothing.

        :param str value: as offered by ``_get_options``
        :raises UserError: it is not offered, or somebody has settled it already
        """
        self.ensure_one()
        chosen = next((o for o in self._get_options() if o["value"] == value), None)
        if not chosen:
            raise UserError(
                self.env._(
                    "This cannot be chosen any more. Please open the page again."
                )
            )
        if self.state == "solved" or self.is_applied and self.option != "wait":
            raise UserError(self.env._("This has been settled already. Thank you."))
        product_id = chosen.get("product", False)
        if (self.option, self.substitute_id.id) == (chosen["option"], product_id):
            return
        self.write(
            {
                "option": chosen["option"],
                "substitute_id": product_id,
                "answered_at": fields.Datetime.now(),
                "answered_by": by,
                "is_applied": False,
            }
        )
        # from here on it is read by us, not by the customer
        ours = self.with_context(lang=self.company_id.partner_id.lang)
        ours._transition("answered", chosen["label"])
        ours.order_id.message_post(
            body=ours.env._(
                "%(product)s is not in stock. The customer's choice: %(choice)s",
                product=ours.product_id.display_name,
                choice=chosen["label"],
            )
        )
        ours._follow_answer()

    def _follow_answer(self):
        """Do it, or ask somebody to."""
        company = self.company_id
        allowed = ("wait", "partial")
        if company.has_automatic_answers:
            allowed = ("wait", "partial", "cancel")
        if self.option in allowed:
            self._apply()
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The customer chose: apply it"),
            user_id=self.order_id._get_request_user().id,
        )

    def _apply(self):
        """Do what was chosen for these shortages."""
        for shortage in self:
            getattr(shortage, f"_apply_{shortage.option}")()
            shortage.is_applied = True
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _apply_wait(self):
        self.order_id._release_oversold()

    def _apply_partial(self):
        """What is there leaves; the rest becomes a backorder."""
        order = self.order_id
        order.picking_policy = "direct"
        pickings = order._get_customer_pickings().filtered(lambda p: p.state != "done")
        pickings.move_type = "direct"
        order._release_oversold()

    def _apply_cancel(self):
        """The line is cut by what is missing; an order of nothing is cancelled."""
        order = self.order_id
        reason = self.env._("Not in stock, cancelled by the customer")
        self._cut_line()
        still = any(line.product_uom_qty > 0 for line in order._get_tracking_lines())
        order._propose_refund(reason)
        self._solve(reason)
        if not still:
            order._action_cancel()
        else:
            order._release_oversold()

    def _apply_substitute(self):
        """The missing part is another product, at the price that was agreed."""
        line, product = self.line_id, self.substitute_id
        if not product:
            raise UserError(
                self.env._("The chosen product is gone. Agree on another one.")
            )
        quantity = self._get_substitute_qty(product)
        price = line.product_uom_id._compute_price(line.price_unit, product.uom_id)
        self._cut_line()
        self.order_id.order_line = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_id": product.uom_id.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                    "discount": line.discount,
                    "sequence": line.sequence,
                }
            )
        ]
        self._solve(self.env._("Replaced by %(name)s", name=product.display_name))
        self.order_id._release_oversold()

    def _cut_line(self):
        """:raises UserError: the order is locked"""
        line = self.line_id
        if self.order_id.locked:
            raise UserError(
                self.env._(
                    "%(order)s is locked. Unlock it, then apply the choice.",
                    order=self.order_id.display_name,
                )
            )
        least = max(line.qty_delivered, 0.0)
        left = max(line.product_uom_qty - self.missing_qty, least)
        # the price that was agreed, whatever the price list says of less
        line.write({"product_uom_qty": left, "price_unit": line.price_unit})

    # by hand

    def _answer_by_hand(self, value):
        self.check_access("write")
        self.order_id.check_access("write")
        still = self.filtered(lambda shortage: shortage.state != "solved")
        for shortage in still:
            offered = {option["value"] for option in shortage._get_options()}
            if value not in offered:
                raise UserError(
                    self.env._(
                        "%(name)s: this choice does not fit. Leave it out.",
                        name=shortage.display_name,
                    )
                )
            shortage._answer(value, by="user")
        return True

    def action_wait(self):
        """These customers wait."""
        return self._answer_by_hand("wait")

    def action_partial(self):
        """These customers get what is there, the rest later."""
        return self._answer_by_hand("partial")

    def action_cancel_missing(self):
        """These customers do not want what is missing; done at once."""
        self._answer_by_hand("cancel")
        return self.action_apply()

    def action_apply(self):
        """Do what was chosen.

        :raises UserError: nothing was chosen
        """
        self.check_access("write")
        self.order_id.check_access("write")
        if silent := self.filtered(lambda s: s.state != "solved" and not s.option):
            raise UserError(
                self.env._(
                    "Nobody has chosen for %(name)s yet. Ask the customer, or choose.",
                    name=silent[0].display_name,
                )
            )
        todo = self.filtered(lambda s: s.state == "answered" and not s.is_applied)
        todo._apply()
        return True
