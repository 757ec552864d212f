# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone

import psycopg2

from odoo import Command, api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: the sale orders of a batch."""

    _inherit = "channel.order.importer"

    @api.model
    def _create_orders(self, channel, items):
        """One ``create`` for all; then what their status asks for."""
        if not items:
            return
        self._set_names(items)
        defaults = self._get_order_defaults()
        vals_list = [
            {**defaults, **self._prepare_order_vals(channel, item)} for item in items
        ]
        names = self.env["ir.sequence"]._draw_by_code("sale.order", len(items))
        for vals, name in zip(vals_list, names, strict=True):
            if name:
                vals["name"] = name
        orders = self.env["sale.order"].create(vals_list)
        for item, order in zip(items, orders, strict=True):
            item.sale_order, item.state = order, "imported"
        self._apply_status(channel, items)

    @api.model
    def _get_order_defaults(self):
        """Links that every new order gets, looked up once and not once an order."""
        model = self.env["sale.order"]
        names = [
            name
            for name, field in model._fields.items()
            if field.default and field.type in ("many2one", "many2many")
        ]
        return model.default_get(names)

    @api.model
    def _get_warehouse(self, user):
        """What Odoo would take for an order of this salesperson."""

        def load():
            company = self.env.company
            defaults = self.env["ir.default"].with_company(company)
            default = defaults._get_model_defaults("sale.order").get("warehouse_id")
            return default or user.with_company(company)._get_default_warehouse_id().id

        return self._remember(("warehouse", user.id), load)

    @api.model
    def _has_analytic_models(self):
        """Without any model of distribution none is searched for each line."""
        return self._remember(
            "analytic",
            lambda: bool(
                self.env["account.analytic.distribution.model"].search_count(
                    [], limit=1
                )
            ),
        )

    @api.model
    def _set_names(self, items):
        """Texts of product lines in the customer's language, once a product."""
        names = {}
        for item in items:
            lang = item.partner.lang or self.env.lang
            for draft in item.lines:
                if not draft.name:
                    key = (draft.product, lang)
                    if key not in names:
                        product = draft.product.with_context(lang=lang)
                        names[key] = product.get_product_multiline_description_sale()
                    draft.name = names[key]

    @api.model
    def _prepare_order_vals(self, channel, item):
        order = item.order
        user = channel.user_id or item.partner.user_id
        vals = {
            "company_id": channel.company_id.id,
            "sale_channel_id": channel.id,
            "channel_number": order.number or order.external_id,
            "client_order_ref": order.number or order.external_id,
            "date_order": _naive(order.placed_at),
            "user_id": user.id,
            "warehouse_id": channel.warehouse_id.id or self._get_warehouse(user),
            "pricelist_id": item.pricelist.id,
            "currency_id": item.currency.id,
            "payment_term_id": (
                channel.payment_term_id or item.partner.property_payment_term_id
            ).id,
            "tag_ids": [Command.set(self._get_tags(channel, order).ids)],
            "buyer_note": order.note or False,
            "order_line": [
                Command.create(self._prepare_line_vals(draft, index))
                for index, draft in enumerate(item.lines)
            ],
            **self._prepare_partner_vals(item),
            **self._prepare_told_vals(item),
        }
        if item.notes:
            vals["import_note"] = "\n".join(dict.fromkeys(item.notes))
        if channel.team_id:
            vals["team_id"] = channel.team_id.id
        return vals

    @api.model
    def _prepare_partner_vals(self, item):
        return {
            "partner_id": item.partner.id,
            "partner_invoice_id": item.invoice_partner.id,
            "partner_shipping_id": item.shipping_partner.id,
            "fiscal_position_id": item.fiscal_position.id,
        }

    @api.model
    def _prepare_told_vals(self, item):
        """What the channel tells that changes without anybody's consent."""
        borne = [d.amount for d in item.order.discounts if d.borne_by == "channel"]
        return {
            "channel_discount_amount": float(sum(borne)),
            "channel_paid": item.is_settled,
            "cash_on_delivery": item.order.payment.cash_on_delivery,
        }

    @api.model
    def _get_tags(self, channel, order):
        """The channel's tags and the order's, made where they are missing."""
        names = dict.fromkeys(name[:64] for name in order.tags)
        known = self._remember(
            "tags",
            lambda: {tag.name: tag for tag in self.env["crm.tag"].search([])},
        )
        missing = [name for name in names if name not in known]
        if missing:
            known.update(self._create_tags(missing))
        return channel.tag_ids.union(*(known[name] for name in names))

    @api.model
    def _create_tags(self, names):
        """Tags by SQL: of two processes that make the same one, one tries again."""
        tags = self.env["crm.tag"]
        tags.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_tag (name, color, create_uid, write_uid, create_date,
                    write_date)
                SELECT jsonb_build_object('en_US', name), 1, %(uid)s, %(uid)s, now(),
                    now()
                FROM unnest(%(names)s) AS name
                ON CONFLICT DO NOTHING RETURNING id, name ->> 'en_US'
                """,
                uid=self.env.uid,
                names=sorted(names),
            )
        )
        return {name: tags.browse(tag_id) for tag_id, name in rows}

    @api.model
    def _prepare_line_vals(self, draft, index):
        price = float(draft.price_unit)
        vals = {
            "sequence": 10 + index,
            "product_id": draft.product.id,
            "product_uom_qty": float(draft.quantity),
            "product_uom_id": (draft.uom or draft.product.uom_id).id,
            "price_unit": price,
            # another than the price: Odoo never puts its own in this price's place
            "technical_price_unit": 0.0 if price else -1.0,
            "discount": float(draft.discount),
            "tax_ids": [Command.set(draft.taxes.ids)],
            "name": draft.name,
            "is_delivery": draft.is_delivery,
            "channel_line_ref": draft.ref,
        }
        if not self._has_analytic_models():
            vals["analytic_distribution"] = False
        return vals

    @api.model
    def _apply_status(self, channel, items):
        """Cancelled, shipped long ago, or ready to go on."""
        orders = self.env["sale.order"]
        cancelled = [item for item in items if item.is_cancelled]
        history = [i for i in items if i.is_history and not i.is_cancelled]
        if cancelled:
            orders.concat(*(item.sale_order for item in cancelled))._action_cancel()
        if history:
            self._keep_history(orders.concat(*(item.sale_order for item in history)))
        ready = [i for i in items if not i.is_cancelled and not i.is_history]
        self._go_on(channel, orders.concat(*(item.sale_order for item in ready)))

    @api.model
    def _keep_history(self, orders):
        """Confirmed in name only: not one transfer of goods is made."""
        explicit = orders.filtered(lambda order: order.approval_mode == "explicit")
        explicit._approval_transition("to_approve")
        explicit._approval_transition("approved", self.env._("Shipped long ago"))
        orders.with_context(skip_procurement=True).write(
            {"state": "sale", "locked": True, "is_channel_history": True}
        )

    @api.model
    def _go_on(self, channel, orders):
        """Submit and confirm what the channel's settings let go without anybody.

        Orders that the review holds wait for a person, whatever the channel says.
        """
        orders = orders.filtered(lambda order: order.state in ("draft", "sent"))
        orders._classify()
        orders = orders._review()
        if channel.auto_submit:
            orders.filtered(
                lambda order: (
                    order.approval_mode == "explicit"
                    and order.approval_state == "none"
                    and any(order.order_line.mapped("product_uom_qty"))
                )
            )._submit_reviewed()
        if channel.auto_confirm:
            ready = orders._get_confirmable()
            ready._source()
            self._confirm(ready)

    @api.model
    def _confirm(self, orders):
        """Confirm all at once; on an error one by one, and the order that fails stays a
        quotation that says why. What was confirmed is read from the orders."""
        if not orders:
            return
        try:
            with self.env.cr.savepoint():
                orders._confirm_in_bulk()
        except (psycopg2.OperationalError, ConcurrencyError):
            raise
        except UserError as error:
            if len(orders) > 1:
                for order in orders:
                    self._confirm(order)
            else:
                self._note_unconfirmed(orders, str(error))
            return
        for order in orders.filtered(lambda order: order.state != "sale"):
            self._note_unconfirmed(order, self.env._("Odoo kept it a quotation."))

    @api.model
    def _note_unconfirmed(self, order, reason):
        text = self.env._("Not confirmed: %(reason)s", reason=reason)
        order.import_note = "\n".join(filter(None, [order.import_note, text]))


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
