"""`odoo`, for tests that start no browser.

Where there are tests over HTTP, Odoo first compiles all scripts and styles that a page
may ask for: 15 s of CPU. Nobody asks for them here; if somebody does, they are compiled
then.
"""

import odoo.cli
from odoo.tests.suite import OdooSuite

OdooSuite.has_http_case = lambda suite: False

if __name__ == "__main__":
    odoo.cli.main()
