"""Messages into the inbox and from there into orders, by several processes."""

import os
import sys
import time
from collections import defaultdict
from functools import partial

from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import retrying

#: lines of one batch: a few huge invoices are a batch of their own
BATCH_LINES = 2500
#: who processes, in the history of the orders
CONTEXT = {"order_management_source": "channel"}


def in_transaction(database, function):
    """``function(env)`` in a transaction of its own, tried again after conflicts."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, CONTEXT)
        return retrying(partial(function, env), env)


def select_new(database, channel_id, messages):
    """Messages that the inbox has not got: the rest was sent by an earlier run."""

    def read(env):
        env.cr.execute(
            "SELECT external_id, external_updated_at AT TIME ZONE 'UTC'"
            " FROM channel_order WHERE channel_id = %s",
            [channel_id],
        )
        return dict(env.cr.fetchall())

    known = in_transaction(database, read)
    return [m for m in messages if not (at := known.get(m.external_id)) or m.at > at]


def make_batches(messages, size):
    """Messages in the order of time, ``size`` at most, no order twice in a batch."""
    batch, seen, lines = [], set(), 0
    for message in messages:
        count = len(message.payload["lines"])
        full = len(batch) == size or (batch and lines + count > BATCH_LINES)
        if full or message.external_id in seen:
            yield batch
            batch, seen, lines = [], set(), 0
        batch.append(message)
        seen.add(message.external_id)
        lines += count
    if batch:
        yield batch


def send(database, channel_id, batch):
    """Store a batch, then process it; each in a transaction of its own."""

    def receive(env):
        payloads = [message.payload for message in batch]
        answers = env["channel.order"].receive(channel_id, payloads)
        return [answer["id"] for answer in answers]

    process(database, in_transaction(database, receive))


def process(database, ids):
    """Process rows, or wait for who does: a running server takes up its jobs, too."""

    def work(env):
        rows = env["channel.order"].browse(ids)
        rows._job_process()
        return bool(rows.search_count([("id", "in", ids), ("to_process", "=", True)]))

    while in_transaction(database, work):
        time.sleep(0.2)


def process_left(database, channel_id):
    """What an interrupted run stored and did not process."""

    def search(env):
        domain = [("channel_id", "=", channel_id), ("to_process", "=", True)]
        return env["channel.order"].search(domain, order="id", limit=100).ids

    while ids := in_transaction(database, search):
        process(database, ids)


def share_out(messages, workers):
    """Messages for each process: a customer, or the guests of a country, belong to one,
    so that no two of them make the same address."""
    groups = defaultdict(list)
    for message in messages:
        customer = message.payload.get("customer", {}).get("external_id")
        country = message.payload["shipping_address"]["country"]
        groups[customer or country].append(message)
    sizes = {
        key: sum(len(message.payload["lines"]) for message in group)
        for key, group in groups.items()
    }
    parts, loads = [set() for _number in range(workers)], [0] * workers
    for key in sorted(sizes, key=lambda key: (-sizes[key], key)):
        least = loads.index(min(loads))
        parts[least].update(id(message) for message in groups[key])
        loads[least] += sizes[key]
    return [[m for m in messages if id(m) in part] for part in parts]


def feed(options, channel_id, messages, progress):
    """Send all messages; those of one customer by one process, in the order of time.

    :param options: ``database``, ``workers`` and ``batch`` of the command
    :param progress: called with the number of lines that are done
    :raises RuntimeError: a process ended early
    """
    parts = share_out(messages, options.workers)
    # connections are not shared with children
    sql_db.close_all()
    reader, writer = os.pipe()
    children = [_start(part, options, channel_id, writer) for part in parts if part]
    os.close(writer)
    done = 0
    with os.fdopen(reader, "rb") as pipe:
        for report in pipe:
            done += int(report)
            progress(done)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1]]
    if failed:
        raise RuntimeError("a process of the import ended early; see its log")


def _start(messages, options, channel_id, writer):
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        for batch in make_batches(messages, options.batch):
            if os.getppid() != parent:
                break
            send(options.database, channel_id, batch)
            lines = sum(len(message.payload["lines"]) for message in batch)
            os.write(writer, b"%d\n" % lines)
        else:
            code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        # no cleaning up of what belongs to the parent
        os._exit(code)
