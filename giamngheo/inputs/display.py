"""How a result shows itself in a notebook: a line of words above a small table, numbers as a reader needs them."""

from datetime import date
from html import escape

MOST_ROWS = 20


def words_and_table(words, rows, decimals=2):
    """A line of words above a table.

    Parameters
    ----------
    words : str
    rows : list of dict
        By column; the columns are those of the first row. Of many rows the last `MOST_ROWS` are shown.
    decimals : int or dict of str to int
        Of numbers that are not whole, by column; 2 where a column is not named.

    Returns
    -------
    str
        HTML.
    """
    rows, more = rows[-MOST_ROWS:], len(rows) - MOST_ROWS
    if not rows:
        return f"<p>{escape(words)}</p>"
    if more > 0:
        words += f" (the last {MOST_ROWS} of {len(rows) + more} rows)"
    head = "".join(f"<th>{escape(str(column))}</th>" for column in rows[0])
    body = "\n".join(
        "<tr>"
        + "".join(f"<td>{escape(_cell(row[column], column, decimals))}</td>" for column in rows[0])
        + "</tr>"
        for row in rows
    )
    return f"<p>{escape(words)}</p>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _cell(value, column, decimals):
    if value is None or value != value:
        return ""
    if isinstance(value, date):  # pandas' timestamps too
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):  # numpy's too
        places = decimals if isinstance(decimals, int) else decimals.get(column, 2)
        return f"{value:,.{places}f}"
    return str(value)
