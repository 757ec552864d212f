"""Second half of ./bench: the two template databases, then tests/benchmarks."""

import os
import subprocess
import sys

import stage_templates
from suitelib import PREFIX, SOURCE, SuiteError


def main():
    owns_postgres = (PREFIX / "pg-started").read_text().strip() == "1"
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
        if owns_postgres:
            import suite_run

            suite_run.leave_postgres()
    sys.exit(code)


if __name__ == "__main__":
    main()
