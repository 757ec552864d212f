# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee Open Platform v2 (https://open.shopee.com)."""

from .adapter import ShopeeAdapter
from .client import push_signature, sign
