# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class OrderAverageMixin(models.AbstractModel):
    """Records whose averages of groups are in a file what they are on the screen.

    Odoo's grouped spreadsheet averages the lines once more, in Python: a rate of sums
    becomes an average of rates, and what has no value counts as nought. Here the file
    asks the database, as lists and pivots do.
    """

    _name = "order.average.mixin"
    _description = "Averages of Groups in Files"

    @api.model
    def _set_export_averages(self, tree, domain, groupby):
        """Correct the averages of a grouped export.

        One query a level of groups.

        :param tree: the root of the groups, a ``GroupsTreeNode`` of ``web``
        :param domain: what is exported
        :param groupby: the levels, as of ``formatted_read_group``
        """
        names = [
            name
            for name in tree._get_aggregated_field_names()
            if self._fields[name].aggregator == "avg"
        ]
        if not names:
            return
        for depth in range(1, len(groupby) + 1):
            levels = groupby[:depth]
            specs = [f"{name}:avg" for name in names]
            for group in self.formatted_read_group(domain, levels, specs):
                node = tree
                for level in levels:
                    node = node.children.get(group[level]) if node else None
                if node:
                    averages = {name: group[f"{name}:avg"] for name in names}
                    node.aggregated_values.update(averages)
