"""An attacker of the tests' own: knows the visible nodes of the tables, reasons over the finest combinations."""

import itertools

import numpy as np
from scipy.optimize import linprog


class Attacker:
    """Reasons over one unknown count per finest combination of all variables of a population.

    The full cross makes it at least as strong as somebody who only adds and subtracts published cells.
    """

    def __init__(self, tables, visible):
        self.tables = tables
        self.visible = visible
        self.known = {}

    def interval(self, number, position):
        """Smallest and largest count at a node of table `number`."""
        population = self.tables[number].population
        if population not in self.known:
            self.known[population] = self.published(population)
        cost = self.row(self.tables[number], position).astype(float)
        ends = []
        for sign in (1, -1):
            found = linprog(sign * cost, bounds=(0, 10_000), method="highs", **self.known[population])
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends[0], ends[1]

    def published(self, population):
        rows, right = [], []
        for table, visible in zip(self.tables, self.visible, strict=True):
            if table.population == population:
                rows += [self.row(table, tuple(position)) for position in np.argwhere(visible)]
                right += table.node_counts[visible].tolist()
        return {"A_eq": np.array(rows, dtype=float), "b_eq": np.array(right)} if rows else {}

    def row(self, table, position):
        """Which of the finest combinations a node takes in."""
        mine = [t for t in self.tables if t.population == table.population]
        sizes = {axis.variable: len(axis.categories) for t in mine for axis in t.all_axes}
        chosen = {a.variable: a.nodes[p].members for a, p in zip(table.all_axes, position, strict=True)}
        inside = [np.isin(np.arange(k), chosen.get(v, range(k))) for v, k in sorted(sizes.items())]
        return np.array([all(flags) for flags in itertools.product(*inside)])
