"""What every stage of ./test hands back."""


class Result:
    """What one stage counted: tests passed and failed, and what else went wrong."""

    def __init__(self, passed=0, failed=0, problems=()):
        self.passed = passed
        self.failed = failed
        self.problems = list(problems)
        self.seconds = 0
        #: CPU seconds of the processes that it started and waited for
        self.cpu = 0
        #: [(class or file, test, seconds, queries or None)]
        self.tests = []

    @property
    def is_green(self):
        return not self.failed and not self.problems
