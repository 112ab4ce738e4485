"""The little language of ``terms`` in claims.csv: arithmetic over the package's cells.

::

    poverty[all,poor,2005-12-31].households - poverty[all,poor,2010-12-31,qd170_2005].households
    sum(budget[kind_table=policy].central)
    measures[health,health_cards].quantity >= poverty[all,poor,2011-12-31].persons

A **cell** is ``table[keys].column``. Keys name the row by the table's key columns in order, and as many as
make it unique:

========= ==================================   ========= ==========
table     keys                                 table     keys
========= ==================================   ========= ==========
poverty   group, status, as_of, poverty_line   budget    line
lines     poverty_line, area                   measures  line, what
targets   target                               claims    claim
documents document
========= ==================================   ========= ==========

``*`` stands for any value, and ``column=value`` selects by any column; a cell that is several rows goes
inside ``sum(…)`` or ``count(…)``. A date is a number of years, so that two dates differ by years.
**Operators** are ``+ - * /`` and brackets; numbers are written plainly, with a point. ``stated`` is the
claim's own figure. At most one **comparison** (``==``, ``<=``, ``>=``) says what has to hold, its left side
taking the place of what is stated; without one, the terms have to equal what is stated.

Every figure carries the range that its printed decimals leave open (`auditing.printed`); counts
are exact; all money of the budget table is as wide as its finest printed decimal.
"""

import ast
import operator
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache

from giamngheo.auditing.printed import Printed, decimals, exactly, printed
from giamngheo.dates import decimal_year

KEYS = {
    "poverty": ("group", "status", "as_of", "poverty_line"),
    "lines": ("poverty_line", "area"),
    "targets": ("target",),
    "budget": ("line",),
    "measures": ("line", "what"),
    "claims": ("claim",),
    "documents": ("document",),
}
SOURCES = ("central", "provincial", "mobilised")
MONEY = (*SOURCES, "annual", "total_3y")
COMPARISONS = {ast.Eq: "==", ast.LtE: "<=", ast.GtE: ">="}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
BIGGEST = 1e18
MOST_SIGNS = 2_000  # of terms; a deeper sum than they can hold is more than Python can walk
CELL = re.compile(r"\b([a-z]+)\[([^\]]*)\]")


class BadTerms(ValueError):
    """Terms that cannot be read or computed; the text says why."""


class Cells:
    """The figures of a package by table, key and column.

    Parameters
    ----------
    package : giamngheo.inputs.package.Package
    """

    def __init__(self, package):
        self.tables = {name: package.rows(name) for name in KEYS}
        self._rows = {}
        self._figures = {}
        self._first = {}
        self._money = {}

    @cached_property
    def money_decimals(self):
        """Finest decimals printed in the budget table (int)."""
        return max(
            (decimals(getattr(row, name)) for row in self.tables["budget"] for name in MONEY), default=0
        )

    def rows(self, table, keys):
        """Rows that the keys select.

        Parameters
        ----------
        table : str
        keys : tuple of str

        Returns
        -------
        list of rows

        Raises
        ------
        BadTerms
            An unknown table, or more keys than it has.
        """
        found = self._rows.get((table, keys))
        if found is None:
            if table not in KEYS:
                raise BadTerms(f"no table {table!r}; there are {', '.join(KEYS)}")
            found = self._rows[table, keys] = _select(self._candidates(table, keys), table, keys)
        return found

    def _candidates(self, table, keys):
        """Rows under the first key, so that a long table is not walked for each cell."""
        if keys[0] == "*" or "=" in keys[0]:
            return self.tables[table]
        if table not in self._first:
            by_key = self._first[table] = {}
            for row in self.tables[table]:
                by_key.setdefault(str(getattr(row, KEYS[table][0])), []).append(row)
        return self._first[table].get(keys[0], [])

    def figures(self, table, keys, column):
        """Figures of one column in the selected rows.

        Parameters
        ----------
        table, column : str
        keys : tuple of str

        Returns
        -------
        list of Printed

        Raises
        ------
        BadTerms
            No such row, or a row without a figure there.
        """
        found = self._figures.get((table, keys, column))
        if found is None:
            rows = self.rows(table, keys)
            fields = type(rows[0]).model_fields if rows else ()
            values = [getattr(row, column) for row in rows if column in fields]
            if not values or not all(isinstance(value, int | Decimal | date) for value in values):
                raise BadTerms(f"{table}[{','.join(keys)}].{column}")
            found = self._figures[table, keys, column] = [
                self.figure(table, column, value) for value in values
            ]
        return found

    def figure(self, table, column, value):
        """One cell with the range its printed decimals leave open.

        Parameters
        ----------
        table, column : str
        value : int, Decimal or datetime.date

        Returns
        -------
        Printed
        """
        if isinstance(value, date):
            return exactly(decimal_year(value))
        if column == "rate_pct":
            return printed(value)
        if column in MONEY:
            if value not in self._money:
                self._money[value] = printed(value, self.money_decimals)
            return self._money[value]
        return printed(value) if decimals(value) else exactly(value)


def _select(rows, table, keys):
    positional = [key for key in keys if "=" not in key]
    named = [tuple(key.split("=", 1)) for key in keys if "=" in key]
    if len(positional) > len(KEYS[table]):
        raise BadTerms(f"{table} has the keys {', '.join(KEYS[table])}")
    wanted = [*zip(KEYS[table], positional, strict=False), *named]
    wanted = [(column, value) for column, value in wanted if value != "*"]
    return [row for row in rows if all(str(getattr(row, column, None)) == value for column, value in wanted)]


@lru_cache(maxsize=4096)
def parse(terms):
    """Read terms once.

    Parameters
    ----------
    terms : str

    Returns
    -------
    (relation, left, right)
        ``relation`` is ``==``, ``<=`` or ``>=``; the sides are functions of ``(cells, stated)`` that give a
        `Printed`; `left` is None where the terms are to equal what is stated.

    Raises
    ------
    BadTerms
        The terms do not follow the grammar, or are too long.
    """
    if len(terms) > MOST_SIGNS:
        raise BadTerms(f"{terms[:40]}…")
    quoted = CELL.sub(lambda cell: f"{cell[1]}[{cell[2]!r}]", terms)
    try:
        tree = ast.parse(quoted.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadTerms(terms) from error
    if not isinstance(tree, ast.Compare):
        return "==", None, _compiled(tree)
    if len(tree.ops) != 1 or type(tree.ops[0]) not in COMPARISONS:
        raise BadTerms(terms)
    return COMPARISONS[type(tree.ops[0])], _compiled(tree.left), _compiled(tree.comparators[0])


def _compiled(node):
    match node:
        case ast.Constant(value=int() | float() as value) if (
            not isinstance(value, bool) and abs(value) < BIGGEST
        ):
            figure = exactly(Fraction(repr(value)))
            return lambda cells, stated: figure
        case ast.Name(id="stated"):
            return _stated
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _compiled(operand)
            return lambda cells, stated: -inner(cells, stated)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return _binary(OPERATORS[type(op)], _compiled(left), _compiled(right))
        case ast.Call(func=ast.Name(id="sum" | "count" as name), args=[argument], keywords=[]):
            return _several(name, *_cell(argument))
        case ast.Attribute():
            return _single(*_cell(node))
    raise BadTerms(ast.unparse(node))


def _cell(node):
    match node:
        case ast.Attribute(
            value=ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str() as keys)),
            attr=column,
        ):
            return table, tuple(key.strip() for key in keys.split(",")), column
    raise BadTerms(ast.unparse(node))


def _stated(cells, stated):
    if stated is None:
        raise BadTerms("stated")
    return stated


def _binary(combine, left, right):
    def both(cells, stated):
        try:
            found = combine(left(cells, stated), right(cells, stated))
        except ZeroDivisionError as error:
            raise BadTerms(str(error)) from error
        if max(abs(found.low), abs(found.high)) > BIGGEST**2:
            raise BadTerms("a figure of no plan's size")
        return found

    return both


def _several(name, table, keys, column):
    if name == "count":
        return lambda cells, stated: exactly(len(cells.rows(table, keys)))

    def total(cells, stated):
        figures = cells.figures(table, keys, column)
        return Printed(
            sum(f.value for f in figures), sum(f.low for f in figures), sum(f.high for f in figures)
        )

    return total


def _single(table, keys, column):
    def one(cells, stated):
        figures = cells.figures(table, keys, column)
        if len(figures) != 1:
            raise BadTerms(f"{table}[{','.join(keys)}].{column}")
        return figures[0]

    return one
