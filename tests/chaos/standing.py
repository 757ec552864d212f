"""Where everything stands when a storm does not settle: what a person would look at."""

_LINES = 25

_QUERIES = {
    "jobs": "SELECT state, count(*), min(name), min(channel), max(retry),"
    " min(eta), min(date_enqueued), min(date_started), left(min(result), 200),"
    " right(min(exc_info), 300)"
    " FROM queue_job WHERE state NOT IN ('done', 'cancelled')"
    " GROUP BY state, method_name, channel ORDER BY 1, 3",
    "jobs done": "SELECT method_name, count(*), max(date_done) FROM queue_job"
    " WHERE state = 'done' GROUP BY method_name",
    "shops": "SELECT name, sync_state, sync_pause_reason FROM sale_channel"
    " WHERE sync_base_url LIKE 'http://127.0.0.1%'",
    "reading": "SELECT shop.name, topic, last_ok_at, next_at, error_count,"
    " left(error, 200) FROM channel_sync_cursor row"
    " JOIN sale_channel shop ON shop.id = row.channel_id"
    " WHERE sync_base_url LIKE 'http://127.0.0.1%'",
    "webhooks": "SELECT state, topic, count(*), min(next_at), left(min(error), 200)"
    " FROM channel_webhook_hint GROUP BY state, topic",
    "limits": "SELECT channel_id, name, tokens, blocked_until FROM channel_rate_bucket",
    "inbox": "SELECT state, count(*), left(min(error), 200) FROM channel_order"
    " GROUP BY state",
    "now": "SELECT now() AT TIME ZONE 'UTC'",
    "sessions": "SELECT pid, state, wait_event, pg_blocking_pids(pid),"
    " now() - xact_start, left(query, 120) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
}


def describe(world):
    """Jobs, shops, sessions and the ends of the logs as a text."""
    parts = [f"Odoo: {world.describe_server()}"]
    for title, query in _QUERIES.items():
        try:
            rows = world.sql(query)
        except Exception as error:
            # the report goes on, whatever the database says
            rows = [str(error).strip()]
        parts.append("\n  ".join([f"{title}:", *map(_row, rows)]))
    parts += [
        f"the end of {path.name}:\n{_tail(path)}"
        for path in (world.server.log_path, world.cluster.log_path)
    ]
    return "\n".join(parts)


def _row(row):
    return row if isinstance(row, str) else " | ".join(map(str, row))


def _tail(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    return "\n".join(line[:300] for line in text.splitlines()[-_LINES:])
