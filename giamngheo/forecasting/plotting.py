"""Fans of forecasts by pandas' own plots, which load matplotlib only when one is drawn."""

import numpy as np
import pandas as pd

from giamngheo.dates import decimal_year
from giamngheo.forecasting.summary import STATUSES
from giamngheo.inputs.errors import RefusedInput, unknown


def fans(tables, trend, targets=(), status=None, group="all", **options):
    """Draw medians as lines, 80 % intervals as bands, readings as dots and targets as marks.

    Parameters
    ----------
    tables : dict of str to DataFrame
        As of `forecasting.summary.summarise`, by the name of each line.
    trend : Forecast
        Whose readings are drawn, those on the line that is forecast.
    targets : sequence of Target
    status : str, optional
        "poor", "near_poor" or "poor_or_near_poor"; default: the first two, each in a panel of its own.
    group : str
    **options
        Of `pandas.DataFrame.plot`, such as figsize or ax.

    Returns
    -------
    matplotlib.axes.Axes, or ndarray of them
        An array where there are several panels.

    Raises
    ------
    RefusedInput
        A group or a status that was not forecast; not as many axes as panels.
    """
    known = dict.fromkeys(trend.draws)
    if group not in trend.groups:
        raise RefusedInput(unknown("group", group, trend.groups))
    made = [name for of, name in known if of == group]
    if status is not None and status not in made:
        raise RefusedInput(unknown("status", status, made))
    panels = [name for name in STATUSES if name in made] if status is None else [status]
    rows = {
        (panel, name): _at_ends(table[(table["group"] == group) & (table["status"] == panel)])
        for panel in panels
        for name, table in tables.items()
    }
    medians = pd.DataFrame({" ".join(key): frame["q50"] for key, frame in rows.items()})
    columns = [tuple(" ".join((panel, name)) for name in tables) for panel in panels]
    colours = {column: f"C{place}" for panel in columns for place, column in enumerate(panel)}
    own = {"legend": False, "ylabel": "percent of households", "xlabel": "end of year", "color": colours}
    if len(panels) > 1:
        own |= {"subplots": columns, "sharex": False}
        if "ax" not in options:
            own |= {"layout": (1, len(panels)), "figsize": (5.5 * len(panels), 3.6)}
        elif np.size(options["ax"]) != len(panels):
            raise RefusedInput(
                f"ax: one for each of {', '.join(panels)} is needed; or name one, status='{panels[0]}'"
            )
    drawn = medians.plot(**own | options)
    for panel, ax in zip(panels, np.ravel(drawn), strict=True):
        lines = dict(zip(tables, ax.get_lines()[-len(tables) :], strict=True))
        for n, (name, line) in enumerate(lines.items()):
            band = rows[panel, name]
            line.set_label(name)
            words = {"label": "80 % interval"} if n == 0 else {}
            ax.fill_between(band.index, band["q10"], band["q90"], color=line.get_color(), alpha=0.2, **words)
        read = _read(trend, group, panel)
        ax.plot(read.index, read["rate_pct"], "ko", ms=4, label="readings")
        for target in targets:
            if (target.group, target.status) == (group, panel):
                words = f"target {target.comparator} {target.value_pct:g} %"
                ax.plot([_end(target.as_of)], [float(target.value_pct)], "k_", ms=16, mew=2, label=words)
        ax.autoscale()
        ax.set_ylim(bottom=0)
        ax.locator_params(axis="x", integer=True)
        ax.set_title(panel.replace("_", " "))
        ax.legend()
    return drawn if len(panels) == 1 else np.ravel(drawn)


def _read(trend, group, status):
    history = trend.history[trend.history["poverty_line"] == trend.poverty_line]
    return _at_ends(history[(history["group"] == group) & (history["status"] == status)])


def _at_ends(frame):
    return frame.set_index(pd.Index([_end(day) for day in frame["as_of"]], dtype=float))


def _end(day):
    """An instant on the axis: 31 December of a year is that year, a number that no locale or converter touches."""
    return float(decimal_year(day)) - 1
