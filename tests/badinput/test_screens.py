"""OM-1: whatever an order says is text on every screen, in the portal and on paper."""

import base64
import io
import json
import os
from pathlib import Path

import pytest
from PyPDF2 import PdfReader

from .. import harness
from ..journeys.browser import Person, chromium
from ..pdf.documents import BRIDGE, squeezed
from .spreadsheets import FILES

WORLD = Path(__file__).with_name("hostile_world.py").read_text(encoding="utf-8")
EVIL = "window.hacked=1"
#: One attack a field, so that each place that shows it is known by it.
HOSTILE = {
    "id": f'C"{EVIL}',
    "number": f"<u>{EVIL}</u>",
    "name": f'Eve "><img src=x onerror={EVIL}>',
    "recipient": "Bob \u202egnp.exe\u202c <script>" + EVIL + "</script>",
    "street": f"1 <iframe srcdoc='<script>{EVIL}</script>'></iframe>",
    "street2": "{{913*911}} ${913*911} <%= 913*911 %> #{913*911}",
    "city": "'; DROP TABLE sale_order; --",
    "country": f"<svg onload={EVIL}>",
    "newer": f"2 <svg/onload={EVIL}>",
    "product": f"Lamp </textarea><script>{EVIL}</script> 🎁",
    "sku": f"S-1'><body onload={EVIL}>",
    "unknown": f"U-1 <details open ontoggle={EVIL}>",
    "method": f"Post <a href=javascript:{EVIL}>x</a>",
    "voucher": f"%s {{0}} <marquee onstart={EVIL}>",
    "note": f"Hi <img src=x onerror={EVIL}> {{{{913*911}}}} \u202eevil\u202c "
    + "n" * 9_800,
    "tag": f"<i onmouseover={EVIL}>tag</i>",
    "key": f"<b onclick={EVIL}>key</b>",
    "value": f"</script><script>{EVIL}</script>",
    "date": f"<q>{EVIL}",
    "channel": f"Shop <object data=javascript:{EVIL}>",
    "file": f"<img src=x onerror={EVIL}>.csv",
    "subject": f"Orders <script>{EVIL}</script>",
    "attachment": f"<img src=x onerror={EVIL}>.exe",
}


class Victim(Person):
    """A person who notices when a page does what an order says."""

    def __init__(self, browser, url, **kwargs):
        super().__init__(browser, url, **kwargs)
        self.dialogs = []
        self.listen("dialog", self._note_dialog)

    def _note_dialog(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def assert_unharmed(self, where):
        assert self.dialogs == [], where
        for frame in self.page.frames:
            assert not frame.evaluate("window.hacked"), (where, frame.url)
        self.assert_no_problem()

    def sees(self, where, *names, write=str):
        """Each of these texts stands on the page as ``write`` writes it."""
        texts = [frame.inner_text("body") for frame in self.page.frames]
        texts.append(
            self.page.eval_on_selector_all(
                "input, textarea", "all => all.map(one => one.value).join(' ')"
            )
        )
        text = " ".join(" ".join(texts).split())
        self.shot(f"hostile-{where}")
        self.assert_unharmed(where)
        assert not self.is_too_wide(), where
        for name in names:
            wanted = " ".join(write(HOSTILE.get(name, name)).split())[:80]
            assert wanted in text, (where, name, wanted)


def _as_json(text):
    """As the viewer of messages writes it, marks that nobody sees included."""
    text = json.dumps(text, ensure_ascii=False)[1:-1]
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        upload = base64.b64encode(FILES["markup.csv"][0]).decode()
        code = f"HOSTILE = {HOSTILE!r}\nFILE = {upload!r}\n{WORLD}"
        values = harness.run_odoo_shell(database, code)
        path = f"{BRIDGE.parent}{os.pathsep}{os.environ['PATH']}"
        server = harness.Server(database, env={"PATH": path})
        database.sql(
            "INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', %s)",
            [server.url],
        )
        with server, chromium() as browser:
            yield browser, server, values


def test_the_hub(world):
    browser, server, values = world
    assert values["states"] == ["held", "error"]
    person = Victim(browser, server.url)
    person.open("hub")
    person.sees("hub", "name", "channel")
    person.follow("hub-orders")
    person.sees("orders", "name")
    person.follow("hub-inbox")
    person.sees("inbox", "number", "name")
    person.page.click(".o_switch_view.o_kanban")
    person.page.wait_for_selector(".o_kanban_view")
    person.settle()
    person.sees("inbox-kanban", "number", "name")
    for path, names in (
        ("hub-products", ["unknown"]),
        ("hub-customers", ["name", "id"]),
        ("hub-changes", ["product"]),
        ("hub-channels", ["channel"]),
        ("hub-mails", ["subject"]),
        ("hub-uploads", ["file"]),
        ("hub-events", ["channel"]),
    ):
        person.follow(path)
        person.sees(path, *names)


_OPEN_ONE = """() => {
    const node = document.querySelector(".o_json_node button[aria-expanded=false]");
    node?.click();
    return Boolean(node);
}"""


def test_messages(world):
    """The form of an inbox row and the viewer of its message, opened to the end."""
    browser, server, values = world
    person = Victim(browser, server.url)
    person.open("hub-inbox")
    for name, texts in (
        ("imported", ["number", "name", "newer", "recipient", "key", "value", "tag"]),
        ("held", ["unknown"]),
        ("broken", ["$.placed_at", "date"]),
    ):
        person.follow(f"hub-inbox/{values[name]}", wait=".o_form_view")
        page = person.page
        # looked for and pressed at once: a node that opens is drawn again
        while page.evaluate(_OPEN_ONE):
            person.settle(100)
        person.sees(f"message-{name}", *texts, write=_as_json)


def test_orders_and_files(world):
    browser, server, values = world
    person = Victim(browser, server.url)
    person.open(f"hub-orders/{values['sale']}", wait=".o_form_view")
    page = person.page
    person.sees("order", "name", "product", "method", "voucher", "channel")
    for tab in page.locator(".o_notebook .nav-link").all():
        tab.click()
        person.settle()
        person.sees(f"order-tab-{tab.inner_text().strip()}")
    person.follow(f"res.partner/{values['buyer']}", wait=".o_form_view")
    person.sees("partner", "name")
    person.follow(f"hub-uploads/{values['upload']}", wait=".o_form_view")
    page.click(".nav-link[name=preview], .nav-link:has-text('Preview')")
    person.settle()
    person.sees("upload", "file", "<script>window.hacked=1</script>")
    person.follow(f"hub-mails/{values['mail']}", wait=".o_form_view")
    person.sees("mail", "subject", "attachment")


def test_changes(world):
    """Both versions of what the channel changed too late."""
    browser, server, values = world
    assert values["changes"] == 2
    person = Victim(browser, server.url)
    person.open("hub-changes")
    for number in range(2):
        person.open("hub-changes")
        person.page.locator(".o_data_row .o_data_cell").nth(number).click()
        person.settle()
        person.sees(f"change-{number}")
    person.open("hub-changes")
    person.sees("changes", "newer", "street")


def test_the_portal(world):
    """The buyer looks at the order that carries the attacks."""
    browser, server, values = world
    person = Victim.__new__(Victim)
    _log_in(person, browser, server.url)
    for path, names in (
        ("/my/orders", []),
        (f"/my/orders/{values['sale']}", ["product", "method", "voucher"]),
        (f"/my/invoices/{values['invoice']}", ["product"]),
    ):
        person.page.goto(server.url + path)
        person.page.wait_for_load_state("load")
        person.settle()
        person.sees(f"portal{path.replace('/', '-')}", *names)


def _log_in(person, browser, url):
    """A customer does not get to the web client, only to the portal."""
    person.url, person.problems, person.dialogs = url, [], []
    person.page = browser.new_context().new_page()
    person.page.on("dialog", person._note_dialog)
    person.page.on("pageerror", lambda error: person.problems.append(str(error)))
    person.page.on("response", person._note_response)
    person._running = set()
    person.page.goto(f"{url}/web/login")
    person.page.fill("#login", "eve")
    person.page.fill("#password", "eve-and-mallory")
    person.page.click(".oe_login_form button[type=submit]")
    person.page.wait_for_url("**/my**")


@pytest.mark.parametrize(
    ("report", "record"),
    [("sale.report_saleorder", "sale"), ("account.report_invoice", "invoice")],
)
def test_paper(world, report, record):
    _browser, server, values = world
    session = server.session()
    answer = session.http.get(
        f"{server.url}/report/pdf/{report}/{values[record]}", timeout=200
    )
    assert answer.headers["Content-Type"] == "application/pdf", answer.text[:1000]
    (harness.LOG_DIR / "journeys" / f"hostile-{record}.pdf").write_bytes(answer.content)
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = squeezed(" ".join(page.extract_text() for page in pages))
    for name in ("name", "product", "method", "street"):
        assert squeezed(HOSTILE[name].replace("🎁", "")) in text, name
    assert str(913 * 911) not in text


def test_nothing_was_logged(world):
    _browser, server, _values = world
    # two windows of one user note their presence at once: Odoo logs it and tries again
    problems = server.log_problems(ignore=['UPDATE "mail_presence"'])
    assert [line for line in problems if " WARNING " not in line] == []
