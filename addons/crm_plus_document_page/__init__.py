# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import controllers, models, tools
from .hooks import post_init_hook, uninstall_hook
