# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductCategory(models.Model):
    """A category; here: how warm its goods may get on their way."""

    _inherit = "product.category"

    temperature_class = fields.Selection(
        [
            ("ambient", "Ambient"),
            ("cool", "Cool (8 to 15 °C)"),
            ("chilled", "Chilled (0 to 8 °C)"),
            ("frozen", "Frozen (-18 °C and below)"),
        ],
        help="How the goods have to be kept. Empty: as the category above says, else "
        "ambient. Orders can be split by it.",
    )

    def _get_temperature_class(self):
        """The class of the goods of this category, looked up in those above it."""
        category = self
        while category and not category.temperature_class:
            category = category.parent_id
        return category.temperature_class or "ambient"
