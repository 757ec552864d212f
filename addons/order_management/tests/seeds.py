# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os

#: how often a race or a story is run, each time with other random numbers;
#: ``./test --all`` sets it to 20
SEEDS = int(os.environ.get("SUITE_SEEDS", "3"))
