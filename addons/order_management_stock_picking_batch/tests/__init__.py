# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_wave_plan
from . import test_waves
from . import test_wave_scan
from . import test_wave_concurrency
