"""Instants as numbers of the year, and days some months on: one convention for audit, forecast and figures."""

import calendar
from datetime import date
from fractions import Fraction


def decimal_year(when):
    """An instant as a number of years: the last day of 2010 is 2011 exactly, 30 June 2011 is 2011.496.

    Parameters
    ----------
    when : datetime.date

    Returns
    -------
    Fraction
    """
    start = date(when.year, 1, 1).toordinal()
    return when.year + Fraction(when.toordinal() - start + 1, date(when.year, 12, 31).toordinal() - start + 1)


def months_after(when, months):
    """The last day of the month that lies some months after a date's (datetime.date)."""
    month = when.month - 1 + months
    year, month = when.year + month // 12, month % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])
