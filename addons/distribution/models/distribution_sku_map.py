# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class DistributionSkuMap(models.Model):
    """What a member calls a product: its own SKU, remembered for its next report."""

    _name = "distribution.sku.map"
    _description = "SKU of a Member"
    _order = "product_id nulls first, code"
    _rec_name = "code"
    _check_company_auto = True

    member_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="member_id.company_id", store=True, precompute=True, index=True
    )
    code = fields.Char("SKU of the Member", required=True)
    name = fields.Char("Its Name There")
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the SKU came in a report and nobody has said yet what it is.",
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        ondelete="restrict",
        help="What one of it is, such as a box; empty: the product's unit.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE (member_id, code)", "This SKU of the member is in the list already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Codes are compared without blanks around them and in capitals."""
        for vals in vals_list:
            if vals.get("code"):
                vals["code"] = self._normalize(vals["code"])
        return super().create(vals_list)

    def write(self, vals):
        """Codes are compared without blanks around them and in capitals."""
        if vals.get("code"):
            vals = {**vals, "code": self._normalize(vals["code"])}
        return super().write(vals)

    @api.model
    def _normalize(self, code):
        return " ".join(str(code).split()).upper()

    @api.model
    def _find_products(self, member, codes):
        """Which products a member's SKUs are; three queries for any number.

        What was said for the member comes first, then our own internal references and
        barcodes.

        :param codes: normalized codes
        :return: ``({code: (product, unit)}, {code: product-less row})``
        """
        found, open_rows = {}, {}
        rows = self.sudo().search(
            [("member_id", "=", member.id), ("code", "in", list(codes))]
        )
        for row in rows:
            if row.product_id:
                unit = row.product_uom_id or row.product_id.uom_id
                found[row.code] = (row.product_id, unit)
            else:
                open_rows[row.code] = row
        rest = [code for code in codes if code not in found]
        for field in ("barcode", "default_code") if rest else ():
            products = self.env["product.product"].sudo()
            products = products.search(
                [
                    (field, "in", [*rest, *(code.lower() for code in rest)]),
                    ("company_id", "in", (False, member.company_id.id)),
                ]
            )
            for product in products:
                code = self._normalize(product[field])
                found[code] = (product, product.uom_id)
        return found, open_rows
