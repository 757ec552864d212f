# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestSchemaRoute(HttpCase):
    """OM-3: the schema is published where anybody may read it."""

    def test_schema_is_public(self):
        response = self.url_open("/order_management/schema/neutral_order_v1.json")
        self.assertEqual(response.status_code, 200)
        self.assertIn("application/schema+json", response.headers["Content-Type"])
        schema = response.json()
        self.assertIn("external_id", schema["required"])
        self.assertIn("lines", schema["properties"])
