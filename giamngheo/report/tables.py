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
    priors_table,
    solver_table,
    target_heads,
)
from giamngheo.report.data.evidence import share_text, support_counts
from giamngheo.report.scenario.money import line_names
from giamngheo.report.trend.rates import falls_table, first_upper, pace_table, promise_text, quantile_tables
from giamngheo.report.trend.track_record import (
    choices_table,
    coverage_table,
    gap_track_table,
    kind_of,
    losing_methods,
    rivals_table,
    track_ratios,
    track_sentences,
    track_table,
)

__all__ = [
    "allocation_outcomes",
    "allocation_sentences",
    "allocation_table",
    "choices_table",
    "compare_table",
    "coverage_table",
    "equity_tables",
    "falls_table",
    "first_upper",
    "gap_track_table",
    "heat_tables",
    "kind_of",
    "line_names",
    "loans_table",
    "losing_methods",
    "needed_table",
    "pace_table",
    "priors_table",
    "promise_text",
    "quantile_tables",
    "rivals_table",
    "share_text",
    "solver_table",
    "support_counts",
    "target_heads",
    "track_ratios",
    "track_sentences",
    "track_table",
    "value_table",
]
