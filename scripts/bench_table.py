"""Fill the table of ./bench in a README: what was measured, between two markers.

    python3 bench_table.py RESULTS.json README.md

Rows of benchmarks that were not run this time stay, with their date. Needs nothing but
Python: ./bench calls it as whoever owns the checkout.
"""

import json
import sys
from pathlib import Path

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
HEAD = [
    "| benchmark | plain Odoo | suite | result | promised | kept | date |",
    "| --- | --- | --- | --- | --- | --- | --- |",
]


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def render(verdict, date):
    """One row of the table."""
    sign = "≥" if verdict["at_least"] else "≤"
    cells = [
        f"`{verdict['benchmark']}`: {verdict['text']}",
        verdict["plain"] or "",
        verdict["ours"] or "",
        _number(verdict["value"]),
        f"{sign} {verdict['limit']:g}",
        "yes" if verdict["kept"] else "**no**",
        date,
    ]
    # what a benchmark says of itself may not break the table
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def _benchmark(row):
    """The name of the benchmark that a row of the table tells of."""
    return row.partition("`")[2].partition("`")[0]


def merge(rows, results):
    """The old rows of other benchmarks, and the new ones; in the order of the names'
    first appearance, so that a table does not jump about."""
    new = {}
    for verdict in results["verdicts"]:
        row = render(verdict, results["date"])
        new.setdefault(verdict["benchmark"], []).append(row)
    old = {}
    for row in rows:
        old.setdefault(_benchmark(row), []).append(row)
    order = results.get("order") or [*old, *new]
    together = {**old, **new}
    names = [name for name in order if name in together]
    return [row for name in dict.fromkeys(names) for row in together[name]]


def fill(text, results):
    """The README with its table brought up to date.

    :raises ValueError: it has no place for one
    """
    before, begin, rest = text.partition(BEGIN)
    inside, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there is no {BEGIN} ... {END}")
    rows = [line for line in inside.splitlines() if line.startswith("| `")]
    rows = merge(rows, results)
    table = "\n".join([*HEAD, *rows])
    note = (
        f"{results['cores']} cores, PostgreSQL on the same machine, the last time "
        f"{results['pairs']} measured pairs; CPU is Odoo's and PostgreSQL's together."
    )
    return f"{before}{BEGIN}\n\n{table}\n\n{note}\n\n{END}{after}"


def main(results_path, readme_path):
    results = json.loads(Path(results_path).read_text(encoding="utf-8"))
    if not results["verdicts"]:
        return
    readme = Path(readme_path)
    old = readme.read_text(encoding="utf-8")
    new = fill(old, results)
    if new != old:
        readme.write_text(new, encoding="utf-8")
    print(f"the table in {readme} is of {results['date']}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, ValueError) as error:
        sys.exit(f"./bench: the table was not written: {error}")
