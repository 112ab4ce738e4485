"""Tables of the report: pure functions from results to HTML and plain text, rounded as a reader sees them."""

from giamngheo.report.comparison.scenarios import (
    priors_table,
    results_table,
    target_heads,
    with_and_without_loans,
)
from giamngheo.report.data.evidence import (
    agencies_table,
    assumptions_table,
    audit_tables,
    measures_table,
    reference_table,
    share_text,
    sources_table,
    support_counts,
    targets_table,
)
from giamngheo.report.places import locator_text
from giamngheo.report.scenario.list_flows import flow_sentences, flow_tables
from giamngheo.report.scenario.money import line_names, money_tables, printed_budget_table
from giamngheo.report.sensitivity.support import sceptic_rest, sceptic_table, support_table
from giamngheo.report.sensitivity.tables import (
    map_tables,
    sobol_table,
    tornado_table,
    turns_table,
)
from giamngheo.report.trend.rates import (
    falls_table,
    first_upper,
    implied_households,
    pace_table,
    promise_text,
    quantile_tables,
    readings_table,
)
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
    "agencies_table",
    "assumptions_table",
    "audit_tables",
    "choices_table",
    "coverage_table",
    "falls_table",
    "first_upper",
    "flow_sentences",
    "flow_tables",
    "gap_track_table",
    "implied_households",
    "kind_of",
    "line_names",
    "locator_text",
    "losing_methods",
    "map_tables",
    "measures_table",
    "money_tables",
    "pace_table",
    "printed_budget_table",
    "priors_table",
    "promise_text",
    "quantile_tables",
    "readings_table",
    "reference_table",
    "results_table",
    "rivals_table",
    "sceptic_rest",
    "sceptic_table",
    "share_text",
    "sobol_table",
    "sources_table",
    "support_counts",
    "support_table",
    "target_heads",
    "targets_table",
    "tornado_table",
    "track_ratios",
    "track_sentences",
    "track_table",
    "turns_table",
    "with_and_without_loans",
]
