"""WooCommerce REST v3, simulated after the recorded answers of a real 9.4.3 server."""

from .server import WooCommerceSimulator
