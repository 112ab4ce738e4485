"""What readings that are each in order cannot be together: fractions among percents, mixed poverty lines."""


def reading_faults(rows):
    """What is wrong with readings taken together.

    Parameters
    ----------
    rows : dict of int to (Reading or SeriesReading)
        Line number in the file to reading.

    Yields
    ------
    tuple of (int, str, str)
        Row, column, what.
    """
    yield from _fractions(rows)
    yield from _mixed_lines(rows)
    shares = {}
    for row, reading in rows.items():
        instant = reading.as_of, reading.group, reading.poverty_line
        shares[instant] = shares.get(instant, 0) + reading.rate_pct
        if shares[instant] > 100:
            yield (
                row,
                "rate_pct",
                f"poor and near-poor add up to {shares[instant]} percent; nearest valid value: 100",
            )
        total = getattr(reading, "total_households", None)
        if None not in (total, reading.households) and reading.households > total:
            yield (
                row,
                "households",
                f"{reading.households} of {total} households; nearest valid value: {total}",
            )


def _fractions(rows):
    """Rates below 1 that counts, neighbours or many decimals show to be fractions of one."""
    totals = {row: 100 * r.households / r.rate_pct for row, r in rows.items() if r.households and r.rate_pct}
    for row, reading in rows.items():
        rate = reading.rate_pct
        if not 0 < rate < 1:
            continue
        alike = [
            other
            for other in rows
            if other != row and (rows[other].group, rows[other].status) == (reading.group, reading.status)
        ]
        counted = [totals[other] for other in alike if other in totals and rows[other].rate_pct >= 1]
        if getattr(reading, "total_households", None) and row in totals:
            fraction = totals[row] > 10 * reading.total_households
        elif counted and row in totals:
            fraction = totals[row] > 10 * _median(counted)
        elif any(rows[other].rate_pct >= 1 for other in alike):
            fraction = rate * 20 < _median(
                [rows[other].rate_pct for other in alike if rows[other].rate_pct >= 1]
            )
        else:
            fraction = -rate.as_tuple().exponent > 2
        if fraction:
            yield (
                row,
                "rate_pct",
                f"{rate} looks like a fraction of one where percent is meant; write {100 * rate}",
            )


def _median(values):
    return sorted(values)[len(values) // 2]


def _mixed_lines(rows):
    """Readings on an older line after a newer one began: only one instant may be read on both."""
    spans = {}
    for reading in rows.values():
        key = reading.group, reading.poverty_line
        first, last = spans.get(key, (reading.as_of, reading.as_of))
        spans[key] = min(first, reading.as_of), max(last, reading.as_of)
    for row, reading in rows.items():
        first = spans[reading.group, reading.poverty_line]
        for (group, line), span in spans.items():
            newer = line != reading.poverty_line and span > first and group == reading.group
            if newer and span[0] < reading.as_of:
                what = (
                    f"a reading of {reading.as_of} on '{reading.poverty_line}' after the line '{line}' "
                    f"began ({span[0]}) mixes two lines; nearest: '{line}'"
                )
                yield row, "poverty_line", what
                break
