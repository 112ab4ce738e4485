"""Which of many scenarios no other beats: as much for no more money."""


def frontier(frame, cost, gain, by):
    """The rows that are on the frontier of their group: no other has as much gain at no higher cost.

    Parameters
    ----------
    frame : DataFrame
        A row a scenario and group.
    cost, gain : str
        Columns of numbers, such as money (billion VND) and a chance (0..1).
    by : str
        Column of the groups, such as the case of additionality.

    Returns
    -------
    DataFrame
        The rows of the frame on the frontier, by group in the order of cost; within a group both columns grow strictly.
        Of rows alike in both the first is kept, none without a number in either.

    Notes
    -----
    Row j is left out where a row i of its group has cost_i <= cost_j and gain_i >= gain_j, one of them strictly
    (Pareto).
    """
    known = frame.dropna(subset=[cost, gain])
    ordered = known.sort_values([by, cost, gain], ascending=[True, True, False], kind="stable")
    best_before = ordered.groupby(by)[gain].transform(lambda gains: gains.cummax().shift())
    return ordered[~(ordered[gain] <= best_before)]  # the first of a group has none before it
