"""`odoo`, for tests: scripts and styles are compiled when a page asks for them.

Where there are tests over HTTP, Odoo first compiles all that any page may ask for: 20 s
of CPU, half of it for unit tests in JavaScript. Ours ask for little of it, and the
templates have that (`stage_templates.compile_assets`).
"""

import odoo.cli
from odoo.tests.suite import OdooSuite

OdooSuite.has_http_case = lambda suite: False

if __name__ == "__main__":
    odoo.cli.main()
