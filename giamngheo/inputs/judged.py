"""Which targets of a plan are judged, and what a report of it needs: known from its tables alone, before any numbers.

Whether draws meet the targets is `giamngheo.simulation.targets`.
"""

from giamngheo.inputs.errors import RefusedInput, shown


def level_targets(package):
    """The targets on a rate: those with a status and a value (tuple of Target)."""
    return tuple(target for target in package.targets if target.status and target.value_pct is not None)


def judged_targets(package):
    """The level targets that a forecast of the package's readings reaches: those that are judged.

    Due at the end of a year after the last reading, on a status that is read: the near-poor need a day on which they
    and the poor are read on the last line, among the target's group or all households.

    Parameters
    ----------
    package : Package

    Returns
    -------
    tuple of Target
    """
    last, line = max(row.as_of for row in package.readings), package.last_line[0].poverty_line
    carried = _carried(package, line)
    days = {
        (row.group, row.status, row.as_of)
        for row in package.readings
        if row.poverty_line == line and row.rate_pct
    }
    apart = {group for group, status, day in days if status == "near_poor" and (group, "poor", day) in days}
    return tuple(
        target
        for target in level_targets(package)
        if target.as_of > last
        and (target.as_of.month, target.as_of.day) == (12, 31)
        and target.group in carried
        and (target.status == "poor" or apart & {target.group, "all"})
    )


def _carried(package, line):
    """Groups that the forecast carries: the poor read on the last line, or at its splice with the one before."""
    poor = [row for row in package.readings if row.status == "poor"]
    days = [
        {row.as_of for row in poor if (row.group, row.poverty_line == line) == ("all", on)}
        for on in (True, False)
    ]
    splice = days[0] & days[1]
    return {row.group for row in poor if row.poverty_line == line or row.as_of in splice}


def targets_of_all(package):
    """The judged targets of all households, whatever their days: those that ``both`` counts (list of Target)."""
    return [target for target in judged_targets(package) if target.group == "all"]


def level_pair(package):
    """Of the judged targets of all households the last due of each status (dict of status to Target)."""
    found = {}
    for target in targets_of_all(package):
        found[target.status] = max(found.get(target.status, target), target, key=lambda each: each.as_of)
    return found


def lacking_for_report(package):
    """Why no report of a package can be made though it is valid, each reason with what to type.

    Parameters
    ----------
    package : Package

    Yields
    ------
    str
    """
    if package.last_counted() is None:
        poor = [row for row in package.readings if (row.group, row.status) == ("all", "poor")]
        last = max(poor, key=lambda row: row.as_of)
        such = round(last.rate_pct * 1_000) or 1
        yield (
            "no reading of the poor counts households beside its rate, so that no money can be simulated and no report "
            f"made (audit and forecast can); nearest: in {shown(package.path / 'poverty.csv')}, column households, in "
            f"the row of {last.as_of}, such as {such} of 100000"
        )
    without = "so that no report can be made (audit, forecast and simulate can); nearest: give"
    if not any(target.group == "all" for target in level_targets(package)):
        yield (
            f"targets.csv has no target on a rate of all households, {without} one its status, comparator, value_pct "
            "and as_of"
        )
    elif not level_pair(package):
        yield (
            "no target in targets.csv can be judged: none of all households is due at the end of a year after "
            f"{max(row.as_of for row in package.readings)}, on a status that poverty.csv reads on the last line, "
            f"{without} such an as_of, or readings of that status"
        )


def check_reportable(package):
    """Refuse to report on a package that lacks what a report tells.

    Parameters
    ----------
    package : Package

    Raises
    ------
    RefusedInput
    """
    if lacking := [f"{package.name}: {each}" for each in lacking_for_report(package)]:
        raise RefusedInput(lacking)
