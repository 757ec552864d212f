# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def plain_figure(value, decimals=6):
    """A quantity or amount as people write it: 25000000, 0.5, never 2.5e+07."""
    text = f"{float(value):.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
