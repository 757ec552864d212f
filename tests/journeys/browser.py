"""A person in Odoo's web client: headless Chromium driven by playwright."""

import contextlib
import os
import re
import shutil
import weakref

from playwright.sync_api import Error, sync_playwright

from .. import harness

SCREENSHOTS = harness.LOG_DIR / "journeys"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 740}

#: the browser of all modules, while `shared` has one
_shared = []
#: {browser: {who with which size of a window: (the window, who listens to it)}}
_windows = weakref.WeakKeyDictionary()
#: a link is followed; what it leads away from is marked
_FOLLOW = """address => {
    for (const left of document.querySelectorAll(".o_action_manager > *")) {
        left.dataset.left = "1";
    }
    const link = document.createElement("a");
    link.href = address;
    document.body.append(link);
    link.click();
    link.remove();
}"""
_HAS_COME = """selector => {
    const found = document.querySelector(selector);
    return found && !found.closest("[data-left]");
}"""

#: until the next picture of the page, or none comes
_DRAW = """() => new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 1000);
})"""


@contextlib.contextmanager
def shared():
    """Meanwhile `chromium` is one and the same."""
    with _launch() as browser:
        _shared.append(browser)
        try:
            yield
        finally:
            _shared.clear()


@contextlib.contextmanager
def chromium():
    """The browser of the installation, without any window."""
    if not _shared:
        with _launch() as browser:
            yield browser
        return
    try:
        yield _shared[0]
    finally:
        _windows.clear()
        for context in _shared[0].contexts:
            context.close()


@contextlib.contextmanager
def _launch():
    """A missing one is an error, never a skip."""
    executable = shutil.which("chromium")
    assert executable, "no chromium on PATH: run ./test, which brings one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS, env=dict(os.environ)
        )
        yield browser
        browser.close()


class Person:
    """One logged-in user with a window of a given size.

    The window is empty: the log-in page and what comes after it are drawn ``by_page``
    only, which costs three seconds of CPU. Who comes again takes the window over: still
    logged in, with the scripts that were loaded before.
    """

    #: what is there after the log-in
    AFTER_LOGIN = ".o_web_client .o_main_navbar"

    def __init__(
        self,
        browser,
        url,
        login="admin",
        password="admin",
        size=DESKTOP,
        by_page=False,
    ):
        self.url = url
        self.problems = []
        is_new = self._open_window(browser, login, size, by_page)
        self.page.set_default_timeout(30_000)
        # the first one waits until Odoo has packed the client
        self.page.set_default_navigation_timeout(90_000)
        self._running = set()
        self._note_all()
        if by_page:
            self._log_in_by_page(login, password)
        elif is_new:
            self._log_in(login, password)

    def _open_window(self, browser, login, size, is_new):
        """An empty one; whether it is new."""
        known = _windows.setdefault(browser, {})
        who = (self.url, login, *size.values())
        if is_new or who not in known:
            context = browser.new_context(
                viewport=size,
                has_touch=size is PHONE,
                is_mobile=size is PHONE,
                reduced_motion="reduce",
            )
            known[who] = context.new_page(), []
            self.page, self._listeners = known[who]
            return True
        self.page, self._listeners = known[who]
        while self._listeners:
            self.page.remove_listener(*self._listeners.pop())
        if self.page.url.startswith(self.url):
            # where the last one came from is not where this one goes back to
            self.page.evaluate("sessionStorage.clear()")
            self.page.goto("about:blank")
        self.page.set_viewport_size(size)
        return False

    def _note_all(self):
        self.listen("pageerror", lambda error: self.problems.append(str(error)))
        self.listen("response", self._note_response)
        self.listen("request", self._note_request)
        self.listen("requestfinished", self._note_end)
        self.listen("requestfailed", self._note_end)

    def listen(self, event, note):
        """Call ``note`` for an event of the page, until another takes the window."""
        self.page.on(event, note)
        self._listeners.append((event, note))

    def _log_in(self, login, password):
        """Send what the form of the log-in page sends."""
        address, request = f"{self.url}/web/login", self.page.context.request
        found = re.search(
            r'name="csrf_token" value="(\w+)"', request.get(address).text()
        )
        values = {"csrf_token": found[1], "login": login, "password": password}
        answer = request.post(address, form=values, max_redirects=0)
        assert answer.status == 303, f"{login} cannot log in"

    def _log_in_by_page(self, login, password):
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        # a website has more forms on this page
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(self.AFTER_LOGIN, timeout=90_000)

    def _note_response(self, response):
        if response.status >= 400 and "/web/image" not in response.url:
            self.problems.append(f"{response.status} {response.url}")

    def open(self, path, wait=".o_view_controller"):
        """Open a client action by its path, such as ``order-hub-inbox``."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(wait)
        self.settle()

    def follow(self, path, wait=".o_view_controller"):
        """Come to a client action by a link in the page, as `open` does by its address.

        The web client stays: loading it costs a second of CPU each time. Not for the
        address where the page is.
        """
        self.page.evaluate(_FOLLOW, f"{self.url}/odoo/{path}")
        self.page.wait_for_function(_HAS_COME, arg=wait)
        self.settle()

    def _note_request(self, request):
        if request.resource_type in ("xhr", "fetch"):
            self._running.add(request)

    def _note_end(self, request):
        self._running.discard(request)

    def settle(self, quiet=250, timeout=30_000):
        """Wait until no call to the server has run for ``quiet`` milliseconds, and what
        the last one brought is drawn.

        Playwright's own "networkidle" never comes: the live notifications keep a
        worker busy for as long as the page is open.
        """
        idle = waited = 0
        while idle < quiet or not self._is_drawn():
            assert waited < timeout, [request.url for request in self._running]
            self.page.wait_for_timeout(50)
            waited += 50
            idle = 0 if self._running else idle + 50

    def _is_drawn(self):
        """Let the page do what it has to, however busy the machine is; whether it asked
        for nothing more meanwhile."""
        try:
            self.page.evaluate(_DRAW)
        except Error:
            # it went to another one
            return False
        return not self._running

    def press(self, name):
        """A button above the form, wherever its width has put it."""
        button = self.page.locator(f"button[name={name}]:visible")
        if not button.count():
            self.page.locator(".o_statusbar_buttons .o-dropdown").click()
            self.settle()
        button.first.click()
        self.settle()

    def open_stat(self, text):
        """Press the button of a number beside a form's title."""
        button = self.page.locator(".oe_stat_button:visible", has_text=text)
        if not button.count():
            self.page.locator(".o_button_more").click()
            self.settle()
        button.first.click()
        self.settle()

    def shot(self, name):
        """Keep a picture in the log folder for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))

    def text(self, selector="body"):
        return re.sub(r"\s+", " ", self.page.inner_text(selector))

    def assert_no_problem(self):
        assert not self.problems, self.problems
        assert not self.page.query_selector(".o_error_dialog"), self.text(
            ".o_error_dialog"
        )

    def is_too_wide(self):
        """Whether the page scrolls sideways: unusable on a phone."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth > window.innerWidth + 1"
        )


class Visitor(Person):
    """Somebody in the portal, where there is no web client."""

    AFTER_LOGIN = ".o_portal_my_home"

    def visit(self, path):
        self.page.goto(f"{self.url}{path}")
        self.page.wait_for_load_state("load")
        self.settle()
        # the portal's home asks for its cards on a second thought
        self.page.wait_for_selector(".o_portal_doc_spinner", state="detached")


class Stranger(Visitor):
    """Somebody who has not logged in."""

    AFTER_LOGIN = "body"

    def __init__(self, browser, url, size=DESKTOP, lang="en-US"):
        self.url, self.problems, self._running = url, [], set()
        self.page = browser.new_context(
            viewport=size,
            locale=lang,
            has_touch=size is PHONE,
            is_mobile=size is PHONE,
            reduced_motion="reduce",
        ).new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", self._note_request)
        self.page.on("requestfinished", self._note_end)
        self.page.on("requestfailed", self._note_end)
