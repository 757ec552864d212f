# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools.behind import copy_columns, write_column

#: marks the line that makes the totals of all parts the total that was
ROUNDING_REF = "@split"
#: of a line that was divided: what its other half takes over as it is
_LINE_SHARED = ("approval_mode", "cut_reason", "channel_line_ref")


class SaleOrder(models.Model):
    """An order; here: its lines move to another one, with what was decided of them.

    By SQL, since nothing is ordered or approved anew: the hooks of a changed line would
    ask for prices, approvals and procurement again. Only amounts are computed.
    """

    _inherit = "sale.order"

    def _complete_group(self, order, group):
        """Check what a person or a rule wants to move, and add what belongs to it.

        :return: ``{line: quantity}`` in this environment, without zeros
        :raises UserError: nothing, too much, or what cannot be divided
        """
        lines = order.order_line
        wanted = {}
        for line, quantity in group.items():
            line = lines.browse(line.id)
            if not line.product_uom_id.is_zero(quantity):
                line._check_split_quantity(order, quantity)
                wanted[line] = quantity
        for line in list(wanted):
            # what was chosen with a product goes where it goes
            if line.product_uom_id.compare(wanted[line], line.product_uom_qty) >= 0:
                for other in line.linked_line_ids:
                    wanted.setdefault(other, other.product_uom_qty)
        if not wanted:
            raise UserError(
                self.env._(
                    "%(order)s: choose what is to be moved.", order=order.display_name
                )
            )
        return wanted

    def _check_something_stays(self, moved):
        """:param moved: ``{line: quantity}`` of all parts of this order together
        :raises UserError: all goods would go, or more than there are
        """
        self.ensure_one()
        stays = False
        for line in self.order_line.filtered(lambda line: line._is_splittable()):
            rest = line.product_uom_qty - moved.get(line, 0.0)
            sign = line.product_uom_id.compare(rest, 0.0)
            if sign < 0:
                raise UserError(
                    self.env._(
                        "%(order)s: more of %(product)s is to be moved than the "
                        "%(quantity)g %(unit)s that were ordered.",
                        order=self.display_name,
                        product=line.product_id.display_name,
                        quantity=line.product_uom_qty,
                        unit=line.product_uom_id.name,
                    )
                )
            stays = stays or sign > 0
        if not stays:
            raise UserError(
                self.env._(
                    "%(order)s: something has to stay. Leave a line where it is.",
                    order=self.display_name,
                )
            )

    def _move_split_lines(self, parts):
        """Give each part its lines: whole ones move, divided ones are halved.

        Replaces each group's quantities by ``(line of the part, line it is of,
        quantity, approved quantity)``.
        """
        moved = {order: {} for order in self}
        for child, group in parts:
            of_order = moved[child.split_parent_id]
            for line, quantity in group.items():
                of_order[line] = of_order.get(line, 0.0) + quantity
        for order in self:
            order._check_something_stays(moved[order])
        lines = self.env["sale.order.line"].concat(*(g for _c, gr in parts for g in gr))
        lines.flush_model()
        whole, cut = [], []
        left = {line: (line.product_uom_qty, line.approved_qty) for line in lines}
        for child, group in parts:
            for line, quantity in group.items():
                if line.product_uom_id.compare(quantity, line.product_uom_qty) >= 0:
                    whole.append((child, line))
                else:
                    cut.append((child, line, quantity))
        pieces = self._create_split_pieces(cut, left)
        self._write_split_lines(whole, pieces, left)
        for child, group in parts:
            mine = [p for p in pieces if p[0].order_id == child]
            group.clear()
            group.update({p[0]: p[1:] for p in mine})
            for owner, line in whole:
                if owner == child:
                    group[line] = (line, line.product_uom_qty, line.approved_qty)

    def _create_split_pieces(self, cut, left):
        """New lines for the quantities that go.

        :param cut: list of ``(part, line, quantity)``
        :param left: ``{line: (ordered, approved)}`` that stay, brought up to date
        :return: list of ``(new line, its line, quantity, approved quantity)``
        """
        vals_list, figures = [], []
        for child, line, quantity in cut:
            ordered, approved = left[line]
            ordered = line.product_uom_id.round(ordered - quantity)
            stays = min(approved, ordered)
            figures.append((line, quantity, approved - stays))
            left[line] = (ordered, stays)
            [vals] = line.copy_data(
                {
                    "order_id": child.id,
                    "product_uom_qty": quantity,
                    "price_unit": line.price_unit,
                    "technical_price_unit": line.technical_price_unit,
                    "discount": line.discount,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                    "split_line_id": line.id,
                    "source_warehouse_id": line.source_warehouse_id.id,
                    "promised_at": line.promised_at,
                }
            )
            vals_list.append(vals)
        lines = self.env["sale.order.line"].create(vals_list)
        return [(new, *values) for new, values in zip(lines, figures, strict=True)]

    def _write_split_lines(self, whole, pieces, left):
        """Change owners and quantities in the database, then have amounts computed."""
        lines = self.env["sale.order.line"]
        lines.flush_model()
        write_column(lines, "order_id", [(ln.id, c.id) for c, ln in whole], "int4")
        shrunk = lines.browse(dict.fromkeys(line.id for _new, line, *_q in pieces))
        for index, name in enumerate(("product_uom_qty", "approved_qty")):
            pairs = [(line.id, left[line][index]) for line in shrunk]
            if index:
                pairs += [(new.id, approved) for new, _l, _q, approved in pieces]
            write_column(lines, name, pairs, "numeric")
        copy_columns(lines, _LINE_SHARED, [(p[0].id, p[1].id) for p in pieces])
        lines._divide_requested(pieces)
        moved = lines.browse([line.id for _child, line in whole])
        changed = moved | shrunk | lines.browse([p[0].id for p in pieces])
        changed._recompute_after_split()
        (self | changed.order_id)._recompute_after_split()

    def _round_split_totals(self, totals, parts):
        """All totals together are what the total was: what rounding left over goes to
        the last part, in a line of its own.

        :param totals: ``{order: total before}``
        """
        last = {}
        for child, _group in parts:
            last[child.split_parent_id] = child
        vals_list = []
        for order, child in last.items():
            children = [c for c, _group in parts if c.split_parent_id == order]
            now = order.amount_total + sum(c.amount_total for c in children)
            gap = order.currency_id.round(totals[order] - now)
            if not order.currency_id.is_zero(gap):
                vals_list.append(child._prepare_split_rounding(gap))
        self.env["sale.order.line"].create(vals_list)

    def _prepare_split_rounding(self, gap):
        self.ensure_one()
        product = self.sale_channel_id._get_charge_product("rounding")
        return {
            "order_id": self.id,
            "product_id": product.id,
            "name": self.env._("Rounding of the split"),
            "product_uom_qty": 1.0,
            "price_unit": gap,
            # another than the price: Odoo never puts its own in this price's place
            "technical_price_unit": 0.0,
            "tax_ids": [Command.clear()],
            "channel_line_ref": ROUNDING_REF,
            "sequence": 9999,
        }

    def _share_split_state(self, parts):
        """The parts are what the order is: confirmed, approved, paid, and so on."""
        self.env.flush_all()
        children = self.browse([child.id for child, _group in parts])
        names = self._get_split_shared()
        copy_columns(self, names, [(c.id, c.split_parent_id.id) for c in children])
        lines = children.order_line
        # related to the order, which was written behind the ORM's back
        related = [
            name
            for name in ("state", "approval_mode")
            if lines._fields[name].store and lines._fields[name].related
        ]
        for name in related:
            values = [(line.id, line.order_id[name]) for line in lines]
            write_column(lines, name, values, "text")
        rounding = lines.filtered(lambda line: line.channel_line_ref == ROUNDING_REF)
        decided = rounding.filtered(
            lambda line: line.order_id.approval_state == "approved"
        )
        write_column(lines, "approved_qty", [(ln.id, 1.0) for ln in decided], "numeric")
        # what is to be invoiced was computed of a line of a quotation
        lines._recompute_after_split(["state"])
        children._restart_clocks()
        (self | children)._recompute_after_split()

    def _restart_clocks(self):
        """Have computed until when these orders may take: what tells their step was
        written behind the ORM's back."""
        for name in ("sla_step", "sla_since", "sla_deadline", "sla_soon_at"):
            self.env.add_to_compute(self._fields[name], self)

    def _recompute_after_split(self):
        """Have computed what depends on the lines; nothing that a person may edit."""
        self.invalidate_recordset(["order_line"], flush=False)
        kept = [
            field
            for field in self._fields.values()
            if field.store and field.compute and not field.readonly
        ]
        kept += [self._fields[n] for n in self._get_split_shared() if n != "state"]
        with self.env.protecting(kept, self):
            self.modified(["order_line"])
        self.env.flush_all()
