"""What a billion VND of a budget line does, by the channel it works through."""

import numpy as np

from giamngheo.simulation.impact import LineEffect

# channel -> assumptions: income gained per VND, value where the plan promises no number, persistence
CHANNEL_ASSUMPTIONS = {
    "credit": ("return_credit", "value_credit", "persistence_credit"),
    "cost_relief": ("pass_through_relief", "value_relief", "persistence_recurrent"),
    "cash": ("pass_through_cash", "value_cash", "persistence_recurrent"),
    "assets": ("return_assets", "value_assets", "persistence_assets"),
    "livelihood": ("yield_livelihood", "value_livelihood", "persistence_assets"),
    "training": ("return_training", "value_training", "persistence_assets"),
    "enabling": ("return_enabling", "value_training", "persistence_assets"),
}


def line_effect(package, row, register, drawn, targeting):
    """Households reached and income gained per billion VND of a budget line.

    Parameters
    ----------
    package : Package
    row : BudgetLine
    register : mapping of str to Assumption
    drawn : mapping of str to ndarray (n_draws,)
        Draws of the register.
    targeting : mapping of str to float
        Share that reaches the poor, by line or channel, instead of the register's.

    Returns
    -------
    LineEffect or None
        None where the line raises no measured income under these assumptions.

    Notes
    -----
    The number reached is the plan's own promise where it makes one (cards and pupils turned into households), else
    money over an assumed value. The gain is ``yield * money / households / 12 / persons`` a head a month, as a share
    of the poverty line between the rural and the urban one.
    """
    gain_name, value_name, persistence_name = CHANNEL_ASSUMPTIONS[row.channel]
    if register[gain_name].fixed == 0:
        return None
    persons = drawn["persons_per_household"]
    yearly_bn = float(row.total_3y) / len(package.years)
    promise = package.promise(row.line)
    if promise is not None and yearly_bn:
        per_household = {"person": persons, "card": persons, "pupil": drawn["pupils_per_household"]}
        households_per_bn = np.full_like(persons, promise[0] / yearly_bn) / per_household.get(promise[1], 1.0)
    else:
        households_per_bn = 1000 / drawn[value_name]
    income = drawn[gain_name] * 1e9 / households_per_bn
    if row.channel == "cash":
        income = income * drawn["cash_counts"]
    rural_line, urban_line = package.poor_lines_vnd_month
    line = drawn["rural_share"] * rural_line + (1 - drawn["rural_share"]) * urban_line
    to_poor = drawn["targeting_credit" if row.channel == "credit" else "targeting_other"]
    target = targeting.get(row.line, targeting.get(row.channel))
    if target is not None:
        to_poor = np.full_like(to_poor, float(target))
    return LineEffect(
        line=row.line,
        households_per_bn=households_per_bn,
        gain=income / 12 / persons / line,
        to_poor=to_poor,
        near_share=drawn["near_poor_share"],
        persistence=drawn[persistence_name],
        reserved=None if row.group == "all" else row.group,
    )
