# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """An ordered product that may be a kit: its components are what leaves.

    A kit's bill of materials may change while orders for it are under way. What the
    moves were made of is remembered: `kit_versions` lists the compositions, each move
    says by `kit_version` which one it is part of.
    """

    _inherit = "sale.order.line"

    kit_versions = fields.Json(
        string="Kit Compositions",
        readonly=True,
        copy=False,
        help="What one unit of the kit was made of when its deliveries were made: a "
        "list of {product id: quantity in the component's unit}.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kit_versions"):
                self._refuse_kit_versions()
        return super().create(vals_list)

    def write(self, vals):
        if "kit_versions" in vals:
            self._refuse_kit_versions()
        return super().write(vals)

    @api.model
    def _refuse_kit_versions(self):
        """:raises AccessError: always; only `_add_kit_version` writes them"""
        raise AccessError(
            self.env._(
                "What a kit was made of is kept by Order Hub itself; nobody sets it by "
                "hand. Change the bill of materials instead."
            )
        )

    def _get_net_shipped(self):
        """Count kits by the component furthest ahead, in the line's unit.

        Odoo's delivered quantity goes by the one furthest behind; as a limit that would
        let the others out without end. Each composition is counted for itself.
        """
        net = super()._get_net_shipped()
        for line, kits in self._count_kits(self._get_net_components()).items():
            net[line.id] += kits
        return net

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Kits on the way, where their bill of materials was changed meanwhile.

        Odoo measures all moves by the bill of materials of today, and would ask for
        the difference.
        """
        quantity = super()._get_qty_procurement(
            previous_product_uom_qty=previous_product_uom_qty
        )
        if not self.kit_versions or not self._is_under_ceiling():
            return quantity
        current = self._get_kit_components().get(self)
        if len(self.kit_versions) == 1 and current == self._get_kit_version(1):
            return quantity
        on_the_way = self._count_kits(self._get_demanded_components())
        return on_the_way.get(self, 0.0) + self._get_unapproved_qty()

    def _get_demanded_components(self):
        """Like `_get_net_components`, and with what is still to leave."""
        self.ensure_one()
        components = self._get_net_components()
        for move in self.move_ids.filtered(
            lambda move: (
                move.state not in ("draft", "done", "cancel")
                and move.product_id != self.product_id
            )
        ):
            to_customer = (move.location_final_id or move.location_dest_id).usage
            sign = (to_customer == "customer") - (move.location_id.usage == "customer")
            if move.location_dest_id._is_customer_side() or not move.move_dest_ids:
                version = components[self.id, move.kit_version]
                version[move.product_id.id] += sign * move.product_qty
        return components

    def _get_kit_components(self):
        """What one unit of each of these lines' kits is made of today.

        :return: ``{line: {component id: quantity in the component's unit}}``, only for
            lines that sell a kit; the kit in its product's unit
        """
        components = {}
        for company, lines in self.grouped("company_id").items():
            boms = (
                self.env["mrp.bom"]
                .sudo()
                ._bom_find(lines.product_id, company_id=company.id, bom_type="phantom")
            )
            made = {
                product: self._get_bom_quantities(product, boms[product])
                for product in lines.product_id
                if boms[product]
            }
            for line in lines:
                if line.product_id in made:
                    components[line] = made[line.product_id]
        return components

    @api.model
    def _get_bom_quantities(self, kit, bom):
        one = kit.uom_id._compute_quantity(1, bom.product_uom_id, round=False)
        # exploding rounds up to the component's unit, which is nothing in a million
        many = 1_000_000
        _boms, bom_lines = bom.explode(kit, many * one / bom.product_qty)
        quantities = defaultdict(float)
        for bom_line, data in bom_lines:
            component = bom_line.product_id
            if component.type != "service":
                quantities[component.id] += bom_line.product_uom_id._compute_quantity(
                    data["qty"] / many, component.uom_id, round=False
                )
        return {component: part for component, part in quantities.items() if part}

    def _get_kit_version(self, number):
        """The composition that moves of this number are part of.

        :param number: 1 for the first; 0, or one that is not there: unknown
        :return: ``{component id: quantity}``, empty when unknown
        """
        self.ensure_one()
        versions = self.kit_versions or []
        if not 0 < number <= len(versions):
            return {}
        return {int(key): quantity for key, quantity in versions[number - 1].items()}

    def _add_kit_version(self, components):
        """Remember a composition.

        :param components: ``{component id: quantity}``
        :return: its number, from 1
        """
        self.ensure_one()
        versions = list(self.kit_versions or [])
        version = {str(key): components[key] for key in sorted(components)}
        if version not in versions:
            versions.append(version)
            # past our own write(), which refuses everybody else
            super().write(  # pylint: disable=super-method-mismatch
                {"kit_versions": versions}
            )
        return versions.index(version) + 1

    def _get_net_components(self):
        """What of the kits of these lines left for the customer.

        :return: ``{(line id, version): {component id: net quantity, in its unit}}``
        """
        shipped = defaultdict(lambda: defaultdict(float))
        for line_id, version, product_id, left, back in self._get_crossed_components():
            shipped[line_id, version][product_id] += left - back
        return shipped

    def _get_crossed_components(self):
        """What of the kits of these lines left for the customer, and came back.

        What was written off at the customer's did not come back.

        :return: list of (line id, version, component id, left, came back), quantities
            in the component's unit
        """
        moves = self.env["stock.move"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, COALESCE(move.kit_version, 0), move.product_id,
                       SUM(part.quantity * part_uom.factor / uom.factor
                           * (%(to_customer)s AND NOT %(from_customer)s)::int),
                       SUM(part.quantity * part_uom.factor / uom.factor
                           * (%(from_customer)s AND NOT %(to_customer)s
                              AND dest.usage <> 'inventory')::int)
                FROM sale_order_line line
                JOIN stock_move move ON %(is_move_of_line)s
                 AND line.product_id <> move.product_id
                JOIN product_product product ON product.id = move.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                JOIN uom_uom uom ON uom.id = template.uom_id
                JOIN stock_move_line part ON part.move_id = move.id
                JOIN uom_uom part_uom ON part_uom.id = part.product_uom_id
                JOIN stock_location src ON src.id = part.location_id
                JOIN stock_location dest ON dest.id = part.location_dest_id
                WHERE move.state = 'done' AND line.id = ANY(%(ids)s)
                GROUP BY 1, 2, 3
                """,
                ids=list(self.ids),
                is_move_of_line=self._sql_is_move_of_line(),
                to_customer=self._sql_is_customer_side(SQL.identifier("dest")),
                from_customer=self._sql_is_customer_side(SQL.identifier("src")),
                to_flush=moves._fields["kit_version"],
            )
        )
        return [(*key, float(left), float(back)) for *key, left, back in rows]

    def _count_kits(self, components):
        """Kits that components make: by the one furthest ahead in each composition.

        Components of unknown composition, as moves made before there was a control
        have them, are measured by the bill of materials of today.

        :param components: ``{(line id, version): {component id: quantity}}``
        :return: ``{line: kits in the line's unit}``
        """
        kits = defaultdict(float)
        for (line, made_of), quantities in self._group_components(components).items():
            counts = [
                self._count_component(product_id, quantities[product_id], per_kit)
                for product_id, per_kit in made_of
                if product_id in quantities
            ]
            kits[line] += line.product_id.uom_id._compute_quantity(
                max(counts, default=0.0), line.product_uom_id, round=False
            )
        return kits

    def _group_components(self, components):
        """Components by what the kits are made of that they are part of.

        :param components: see ``_count_kits``
        :return: ``{(line, composition): {component id: quantity}}``; a composition is
            a frozen set of (component id, quantity in one kit)
        """
        lines = self.browse({line_id for line_id, _version in components})
        unknown = lines.filtered(
            lambda line: any(
                line.id == line_id and not line._get_kit_version(version)
                for line_id, version in components
            )
        )
        current = unknown._get_kit_components()
        parts = defaultdict(lambda: defaultdict(float))
        for (line_id, version), quantities in components.items():
            line = self.browse(line_id)
            made_of = line._get_kit_version(version) or current.get(line, {})
            # an unknown composition that is known after all is counted with it
            key = line, frozenset(made_of.items())
            for product_id, quantity in quantities.items():
                parts[key][product_id] += quantity
        return parts

    @api.model
    def _count_component(self, product_id, shipped, per_kit):
        """Kits that a component's quantity makes: whole ones where only the rounding of
        the component's demand to its unit's step is between.
        """
        step = self.env["product.product"].browse(product_id).uom_id.rounding
        kits = shipped / per_kit
        whole = round(kits)
        return float(whole) if abs(shipped - whole * per_kit) <= step else kits
