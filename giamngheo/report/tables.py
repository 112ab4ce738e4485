"""Tables of the report: pure functions from results to HTML and plain text, rounded as a reader sees them."""

from giamngheo.report.comparison.allocation import (
    allocation_outcomes,
    allocation_sentences,
    allocation_table,
    loans_table,
    needed_table,
    value_table,
)
from giamngheo.report.comparison.equity import equity_tables
from giamngheo.report.comparison.scenarios import (
    compare_table,
    heat_tables,
    solver_table,
    target_heads,
)
from giamngheo.report.data.evidence import (
    share_text,
    support_counts,
)
from giamngheo.report.scenario.money import line_names
from giamngheo.report.sensitivity.support import sceptic_rest, sceptic_table, support_table
from giamngheo.report.sensitivity.tables import (
    map_tables,
    sobol_table,
    tornado_table,
    turns_table,
)
from giamngheo.report.trend.rates import (
    first_upper,
    promise_text,
)

__all__ = [
    "allocation_outcomes",
    "allocation_sentences",
    "allocation_table",
    "compare_table",
    "equity_tables",
    "first_upper",
    "heat_tables",
    "line_names",
    "loans_table",
    "map_tables",
    "needed_table",
    "promise_text",
    "sceptic_rest",
    "sceptic_table",
    "share_text",
    "sobol_table",
    "solver_table",
    "support_counts",
    "support_table",
    "target_heads",
    "tornado_table",
    "turns_table",
    "value_table",
]
