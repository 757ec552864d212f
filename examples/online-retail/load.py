"""Second half of ./load, inside the environment that scripts/setup.sh made."""

import argparse
import json
import os
import re
import sys
import time
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "scripts")]

import suitelib  # noqa: E402
from documents import SourceError, read_documents  # noqa: E402
from plan import make_plan  # noqa: E402
from reconcile import describe, is_good, reconcile  # noqa: E402

FILE = "orders-2010-12_2011-08.csv.xz"
WHERE = (
    'It is part of "Online Retail" (Daqing Chen, 2015), UCI Machine Learning '
    "Repository, https://archive.ics.uci.edu/dataset/352/online+retail, CC BY 4.0: "
    "save the sheet as CSV and give it with --data FILE."
)


def fail(text):
    print(f"\nexamples/online-retail/load: {text}", file=sys.stderr)
    sys.exit(1)


def parse_arguments(argv):
    parser = argparse.ArgumentParser(prog="examples/online-retail/load", add_help=False)
    parser.add_argument("--database", default="suite")
    parser.add_argument("--data")
    parser.add_argument("--to", dest="last", default="")
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--workers", type=int, default=min(cores, 4))
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--report")
    parser.add_argument("--until", choices=("imported", "shipped", "invoiced"))
    parser.add_argument("--month", default="")
    options = parser.parse_args(argv)
    if options.last and not re.fullmatch(r"\d{4}-\d\d-\d\d", options.last):
        parser.error(f"a day is written YYYY-MM-DD, not {options.last!r}")
    if options.month and not re.fullmatch(r"\d{4}-\d\d", options.month):
        parser.error(f"a month is written YYYY-MM, not {options.month!r}")
    if options.until in ("shipped", "invoiced") and not options.month:
        parser.error("--until shipped or invoiced wants --month YYYY-MM")
    if not 1 <= options.workers <= 16:
        parser.error("--workers wants 1 to 16")
    if not 1 <= options.batch <= 1000:
        parser.error("--batch wants 1 to 1000")
    if not re.fullmatch(r"[\w-]+", options.database):
        parser.error(f"no name of a database: {options.database!r}")
    return options


def find_data(given):
    if given:
        return Path(given)
    checkout = Path(os.environ.get("SUITE_CHECKOUT") or suitelib.SOURCE)
    path = checkout.parent / "shared" / "data" / "online-retail" / FILE
    if not path.is_file():
        fail(f"the data is not there: {path}\n{WHERE}")
    return path


def open_database(name):
    """Odoo in this process, its log in a file."""
    if not suitelib.database_exists(name):
        fail(f"there is no database {name}: start ./run once, it makes it")
    from odoo.tools import config

    suitelib.LOG_DIR.mkdir(exist_ok=True)
    file = suitelib.write_config(
        suitelib.PREFIX / f"online-retail-{os.getpid()}.conf",
        db_name=name,
        logfile=suitelib.LOG_DIR / f"online-retail-{name}.log",
        log_handler=":WARNING",
    )
    try:
        config.parse_config(["-c", str(file)], setup_logging=True)
    finally:
        file.unlink()
    from odoo.modules.registry import Registry

    return Registry(name)


class Progress:
    """Says how far it is, every ten seconds."""

    def __init__(self, total):
        self.total, self.start = total, time.monotonic()
        self.last = self.start

    def __call__(self, done):
        now = time.monotonic()
        if now - self.last > 10 or done == self.total:
            self.last = now
            rate = done / (now - self.start)
            left = (self.total - done) / rate / 60
            suitelib.say(
                f"{done:,} of {self.total:,} lines, {rate:,.0f} a second, "
                f"{left:.0f} minutes left"
            )


def load(options):
    path = find_data(options.data)
    suitelib.say(f"reading {path.name}")
    try:
        documents, fingerprint = read_documents(path, options.last)
    except SourceError as error:
        fail(str(error))
    live = options.month if options.until in ("shipped", "invoiced") else ""
    plan = make_plan(documents, live)
    registry = open_database(options.database)
    if "order_management" not in registry._init_modules:
        fail(f"the addon order_management is not installed in {options.database}")
    return feed_database(options, documents, plan, fingerprint)


def feed_database(options, documents, plan, fingerprint):
    import feed
    import fulfil
    import shop

    run = partial(feed.in_transaction, options.database)
    # which cancellation belongs to which invoice depends on the whole file
    if not run(lambda env: shop.Shop(env).is_source(fingerprint)):
        fail(
            f"{options.database} was loaded from another file: take that one again, or "
            "another database"
        )
    channel_id = run(lambda env: shop.Shop(env).prepare_channel().id)
    articles = shop.list_articles(documents)
    codes = run(lambda env: shop.find_missing(env, shop.Shop(env).company, articles))
    suitelib.say(f"{len(articles):,} articles, {len(codes):,} of them new")
    for part in shop.chunks(codes):
        run(lambda env, part=part: shop.create_articles(shop.Shop(env), articles, part))
    month = None
    if plan.live:
        numbers = plan.get_live_numbers()
        month = fulfil.Month(options.database, channel_id, numbers, suitelib.say)
        month.set_up(options.until)
    first, later = plan.split()
    start = time.monotonic()
    sent = send(options, channel_id, first)
    if month:
        month.go(options.until)
        sent += send(options, channel_id, later)
        if options.until == "invoiced":
            month.take_back()
    report = run(
        lambda env: reconcile(env, env["sale.channel"].browse(channel_id), plan)
    )
    report.update(sent=sent, seconds=round(time.monotonic() - start, 1))
    if month:
        report["books"] = month.check()
    return report


def send(options, channel_id, messages):
    """Feed those that the inbox has not got yet; -> how many."""
    import feed

    feed.process_left(options.database, channel_id)
    new = feed.select_new(options.database, channel_id, messages)
    lines = sum(len(message.payload["lines"]) for message in new)
    suitelib.say(
        f"{len(messages):,} messages, {len(new):,} of them new, by "
        f"{options.workers} processes"
    )
    if new:
        feed.feed(options, channel_id, new, Progress(lines))
    return len(new)


def describe_books(books):
    import fulfil

    return fulfil.describe(books)


def is_month_good(books, until):
    import fulfil

    return fulfil.is_good(books, until)


def main():
    options = parse_arguments(sys.argv[1:])
    try:
        report = load(options)
    except (suitelib.SuiteError, RuntimeError) as error:
        fail(str(error))
    print("\n" + "\n".join(describe(report)) + "\n")
    books = report.get("books")
    if books:
        print("\n".join(describe_books(books)) + "\n")
    if options.report:
        Path(options.report).write_text(json.dumps(report, indent=1) + "\n")
    if not is_good(report):
        fail("the reconciliation does not come out")
    if books and not is_month_good(books, options.until):
        fail("the month's books do not come out")
    suitelib.say("every line is accounted for, and every penny")


if __name__ == "__main__":
    main()
