# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""From which warehouses orders are served: plain figures, no database."""

from .facts import Network, Need, Order, Place, Plan, Policy, Warehouse
from .distance import estimate_distance
from .solver import solve, try_every
from .tariff import Carrier, Parcel, PriceStep
