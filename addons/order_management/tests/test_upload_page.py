# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io

import openpyxl

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .upload_common import HEAD, UploadCommon

#: Another process gets on with the import: the open page has to show it by itself.
_WATCH = """
const shown = () =>
    document.querySelector(".o_field_widget[name=row_count]")?.textContent.trim();
const wait = (check) => new Promise((resolve) => {
    const timer = setInterval(() => check() && resolve(clearInterval(timer)), 100);
});
const write = (values) => fetch("/web/dataset/call_kw/channel.order.upload/write", {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({
        jsonrpc: "2.0",
        params: {
            model: "channel.order.upload", method: "write",
            args: [[%d], values], kwargs: {},
        },
    }),
});
(async () => {
    await wait(() => shown() === "0");
    await write({row_count: 7});
    await wait(() => shown() === "7");
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install", "meets_others")
class TestUploadPage(UploadCommon, HttpCase):
    """OM-2: what people see and download in the browser."""

    def test_progress_is_live(self):
        upload = self._upload()
        upload.action_import()
        self.browser_js(
            f"/odoo/hub-uploads/{upload.id}",
            _WATCH % upload.id,
            login=self.clerk.login,
            timeout=120,
        )

    def test_template(self):
        url = f"/order_management/upload_template/{self.channel.id}"
        self.authenticate(self.clerk.login, self.clerk.login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Orders%20Shop.xlsx", response.headers["Content-Disposition"])
        titles = self._read_titles(response.content)
        self.assertEqual(titles, self.channel._get_upload_titles())
        self._import_upload()
        self.assertEqual(self._read_titles(self.url_open(url).content), HEAD.split(","))

    @mute_logger("odoo.http")
    def test_template_of_a_neighbour(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        url = f"/order_management/upload_template/{self.other_channel.id}"
        self.assertIn(self.url_open(url).status_code, (403, 404))

    def _read_titles(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [cell.value for cell in next(book.active.iter_rows())]
