"""Tables of the report: pure functions from results to HTML and plain text, rounded as a reader sees them."""

from giamngheo.tables.evidence import (
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
from giamngheo.tables.money import line_names, money_tables, printed_budget_table
from giamngheo.tables.places import locator_text
from giamngheo.tables.rates import (
    falls_table,
    first_upper,
    implied_households,
    pace_table,
    promise_text,
    quantile_tables,
    readings_table,
    rivals_table,
)
from giamngheo.tables.scenarios import (
    compare_table,
    heat_tables,
    priors_table,
    results_table,
    sensitivity_table,
    solver_table,
    target_heads,
    variant_name,
    with_and_without_loans,
)

__all__ = [
    "agencies_table",
    "assumptions_table",
    "audit_tables",
    "compare_table",
    "falls_table",
    "first_upper",
    "heat_tables",
    "implied_households",
    "line_names",
    "locator_text",
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
    "sensitivity_table",
    "share_text",
    "solver_table",
    "sources_table",
    "support_counts",
    "target_heads",
    "targets_table",
    "variant_name",
    "with_and_without_loans",
]
