"""Second half of ./bench: the two template databases, then tests/benchmarks."""

import os
import subprocess
import sys

import pg_use
import stage_templates
from suitelib import PREFIX, SOURCE, SuiteError


def main():
    owns_postgres = (PREFIX / "pg-started").read_text().strip() == "1"
    in_use = pg_use.hold()
    try:
        if not {"--list", "--help", "-h"}.intersection(sys.argv[1:]):
            stage_templates.prepare_all()
        code = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks", *sys.argv[1:]],
            env={
                **os.environ,
                "PYTHONPATH": str(SOURCE),
                "SUITE_SOURCE": str(SOURCE),
                "SUITE_TEMPLATE_BASE": stage_templates.BASE,
                "SUITE_TEMPLATE_ALL": stage_templates.ALL,
            },
            cwd=PREFIX,
            check=False,
        ).returncode
    except SuiteError as error:
        print(f"\n./bench: {error}", file=sys.stderr)
        code = 1
    finally:
        pg_use.leave(in_use, owns_postgres)
    sys.exit(code)


if __name__ == "__main__":
    main()
