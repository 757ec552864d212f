# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What is wrong with a file as a whole."""


class SpreadsheetError(ValueError):
    """A file that cannot be read at all; ``code`` and ``params`` for translations."""

    def __init__(self, code, text, **params):
        super().__init__(text % params)
        self.code = code
        self.params = params
