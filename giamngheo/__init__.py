"""Can this funding bring poverty down to its target, how likely is it, and what would have to be true?

The public calls, each pure and on small tables; heavy libraries are imported only when one is used.
"""

import importlib

__version__ = "0.1.0"

_WHERE = {
    "load_package": "inputs.package",
    "new_package": "inputs.skeleton",
    "load_scenario": "inputs.scenario",
    "list_scenarios": "inputs.scenario",
    "audit": "auditing",
    "forecast": "forecasting.trend",
    "package_forecast": "forecasting.trend",
    "simulate": "simulation.outcomes",
    "compare": "simulation.comparison",
    "shared_draws": "simulation.shared_draws",
    "track": "analysis.monitoring",
    "explore": "report.explore.explorer",
    "run_batch": "runs.batch.calls",
}
__all__ = [*_WHERE, "__version__"]


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"module 'giamngheo' has no attribute '{name}'")
    importlib.import_module("giamngheo.inputs.errors").check_project()
    return getattr(importlib.import_module(f"giamngheo.{_WHERE[name]}"), name)


def __dir__():
    return sorted(__all__)
