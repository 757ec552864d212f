# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""WooCommerce REST v3 (https://woocommerce.github.io/woocommerce-rest-api-docs)."""

from .adapter import WooCommerceAdapter
from .client import oauth_signature, webhook_signature
