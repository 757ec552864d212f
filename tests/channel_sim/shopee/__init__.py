"""Shopee Open Platform v2, simulated after its published protocol."""

from .server import ShopeeSimulator
from .shop import Shop
