"""A workbook's cell as the plain text that a CSV file would have in its place, where only one reading is possible."""

import re
from datetime import date
from decimal import Decimal

from giamngheo.inputs.csv_rows import check_rows
from giamngheo.inputs.descriptor import table_schema
from giamngheo.inputs.errors import RefusedInput
from giamngheo.inputs.grammar import (
    day_readings,
    edge_of_year,
    is_missing,
    number_readings,
    serial_day,
    slug,
    without_estimate,
    year_alone,
)
from giamngheo.inputs.workbook.words import times, value_of
from giamngheo.inputs.workbook.xlsx import Cell, cell_name
from giamngheo.language import LANGUAGES, has_phrase, say

_UNITS = {  # what may stand behind a number, by the first word of its column's unit
    "percent": ("", "phan_tram", "percent"),
    "percentage": ("", "diem", "diem_phan_tram", "percentage_points", "points"),
    "billion": ("ty", "ti", "ty_dong", "ti_dong", "billion", "bn", "billion_vnd", "ty_vnd"),
    "households": ("ho", "households"),
    "persons": ("nguoi", "khau", "nhan_khau", "persons"),
    "VND": ("dong", "d", "vnd", "dong_nguoi_thang"),
}
POINT = "point"  # the notation of text whose numbers have points for decimals, and a comma for either
_PHRASES = {"kind_table": "value", "kind_text": "value", "channel": "channel", "role": "role", "per": "per"}
_COUNTS = {10**9: "billion", 10**6: "million", 10**3: "thousand"}
_NUMBER = r"[+\-−]?[\d.,\s']*\d(?:[eE][+-]?\d{1,2})?"


class Dash(ValueError):
    """A mark for nothing in a column of money, where it may be 0 or unknown."""


def check_texts(name, rows, model):
    """Check rows of text, such as a frame's, whose cells are read as a sheet's are.

    Parameters
    ----------
    name : str
    rows : iterable of (label, dict of str to (str or None))
    model : type of Row

    Returns
    -------
    dict of label to Row

    Raises
    ------
    RefusedInput
        As of `csv_rows.check_rows`, and what can be read in two ways.
    """
    fields = {one["name"]: one for one in table_schema(model)["fields"]}
    rows, problems = list(rows), []
    for label, values in rows:
        for column, text in values.items():
            try:
                if text and ":" not in text:  # a stamp of time is no day that somebody typed
                    values[column] = plain(Cell(text), fields[column], POINT)
            except ValueError as error:
                problems.append(f"{name}:{label}:{column}: {error}")
    if problems:
        raise RefusedInput(problems)
    return check_rows(name, rows, model)


def readings_of(cell, field):
    """The numbers that a cell of text can be read as in a column of numbers, by notation (dict of str to Decimal)."""
    found = re.match(_NUMBER, cell.value) if isinstance(cell.value, str) else None
    readings = number_readings(found[0]) if found else {}
    if field["type"] == "integer":  # a count has no decimals, so 58.543 is one number only
        return {style: number for style, number in readings.items() if number.as_tuple().exponent >= 0}
    return readings


def plain(cell, field, style=None, year_is=None):
    """The text of a cell as a CSV file would have it.

    Parameters
    ----------
    cell : Cell
    field : dict
        The column's, as of `descriptor.table_schema`; its "scale", if there is one, makes the numbers of a sheet in
        another unit those of the column's.
    style : {"vi", "en", POINT}, optional
        The notation of the workbook's numbers, where its other cells show it.
    year_is : {"end", "start"}, optional
        The instant that a year alone stands for.

    Returns
    -------
    str or None
        None for a mark that stands for nothing; what cannot be read comes back as it is, for its model to answer.

    Raises
    ------
    ValueError
        What can be read in two ways, or in none here, with what to type.
    """
    if cell.fault:
        raise ValueError(cell.fault)
    if isinstance(cell.value, bool):
        raise ValueError(
            f"{str(cell.value).upper()} is a yes or no; type the word or the number that is meant"
        )
    if isinstance(cell.value, str) and is_missing(cell.value) and field["type"] != "string":
        if field.get("unit", "").startswith(
            "billion"
        ):  # of a budget table a dash is mostly 0, but may be unknown
            raise Dash(f"'{cell}': type 0 if nothing is planned; leave the cell empty if it is not told")
        if field.get("constraints", {}).get("required"):
            raise ValueError(f"'{cell}' stands for nothing; leave the row out, or fill it in")
        return None
    if field["type"] == "date":
        return _day(cell, year_is)
    if field["type"] in ("number", "integer"):
        return _number(cell, field, style)
    return _word(cell, field)


def _word(cell, field):
    limits = field.get("constraints", {})
    other = "enum" in limits and cell.value not in limits["enum"]
    other = other or (field["name"] == "group" and not re.fullmatch(r"[a-z0-9_]+", str(cell.value)))
    if isinstance(cell.value, str) and other:
        found = value_of(field["name"], cell.value) or {"≤": "<=", "≥": ">="}.get(cell.value)
        if found or "enum" in limits:
            return found or _named(field["name"], cell.value, limits["enum"])
    text = f"{cell.value:f}" if isinstance(cell.value, Decimal) else str(cell.value)
    if is_missing(text) and not limits.get("required"):
        return None
    if limits.get("pattern", "").startswith("^[a-z0-9_]") and not re.fullmatch(r"[a-z0-9_]{1,64}", text):
        return slug(text)[:64] or text  # words for an id
    return f"{text}%" if cell.percent else text


def _named(column, text, words):
    """The one of some words that a phrase calls as a text does, else the text."""
    for word in words:
        phrase = f"{_PHRASES[column]}.{word}" if column in _PHRASES else ""
        phrase = f"workbook.{phrase}" if phrase.startswith("value") else phrase
        if has_phrase(phrase) and slug(text) in (
            slug(name) for lang in LANGUAGES for name in say(phrase, lang).split(";")
        ):
            return word
    return text


def _day(cell, year_is):
    if isinstance(cell.value, date):
        return cell.value.isoformat()
    text = str(cell)
    year = year_alone(text)
    if year and year_is:
        return edge_of_year(year, year_is).isoformat()
    if year:
        raise ValueError(
            f"'{text}' is the beginning or the end of a year; type 'đầu năm {year}' ({edge_of_year(year, 'start')}) "
            f"or 'cuối năm {year}' ({edge_of_year(year, 'end')}), or say --year-is start or end for all"
        )
    if isinstance(cell.value, Decimal):
        day = serial_day(cell.value)
        if day is None:
            raise ValueError(f"{text} is not a day; type it as YYYY-MM-DD")
        return day.isoformat()
    days = [day for day in day_readings(text) if 1900 <= day.year <= 2100]
    if len(days) > 1 and re.fullmatch(r"(?:tháng )?\d{1,2}(?:/| năm )\d{4}", without_estimate(text).lower()):
        if year_is:
            return days[year_is == "end"].isoformat()
        raise ValueError(
            f"'{text}' is the beginning or the end of a month; type {' or '.join(map(str, days))}, or say --year-is "
            "start or end for all"
        )
    if len(days) > 1:
        raise ValueError(f"'{text}' can be two days; type {' or '.join(map(str, days))}")
    return days[0].isoformat() if days else text


def _number(cell, field, style):
    unit, text = field.get("unit", ""), str(cell)
    if isinstance(cell.value, date):
        raise ValueError(
            f"is the day {text} (a spreadsheet makes one of 3.5 or 3/5); give the cell the format of a number and "
            "type the number again"
        )
    if cell.percent and not unit.startswith("percent"):
        raise ValueError(f"{text} is a percentage, in a column of {unit}; type the number in {unit}")
    if isinstance(cell.value, Decimal):
        return _text(cell.value, field)
    found = re.fullmatch(rf"({_NUMBER})\s*(.*)", text)
    if not found or not re.search(r"\d", text):
        return text
    behind = found[2].strip()
    if re.fullmatch(r"[OoIl\d.,]+", behind):  # 7.2O, with a letter for a digit
        return text
    if behind:
        known = _UNITS.get(unit.split()[0] if unit else "", ())
        if ("%" in behind and not unit.startswith("percent")) or slug(behind) not in known:
            raise ValueError(
                f"'{text}': '{behind}' stands behind the number; type the number alone, in {unit}"
            )
    readings = readings_of(cell, field)
    if style == POINT and "," not in text:
        style = "en"
    if len(readings) > 1 and style in readings:
        return _text(readings[style], {} if behind else field)
    if len(readings) > 1:
        whole, part = sorted(readings.values(), key=abs, reverse=True)
        raise ValueError(f"'{text}' can be two numbers; type {whole:f} for the one, {part:f}0 for the other")
    if not readings:
        if field["type"] == "integer" and number_readings(found[1]):
            raise ValueError(f"'{text}' is not a whole number; type a count of {unit}")
        return text
    return _text(next(iter(readings.values())), {} if behind else field)


def _text(number, field):
    if "scale" in field:
        number = (number * field["scale"]).normalize()
    return f"{number:.0f}" if field.get("type") == "integer" and not number % 1 else f"{number:f}"


def scaled(layout, fields, told):
    """The fields of a table, those of money that a head or a line above it says to be in another unit with their scale.

    Parameters
    ----------
    layout : Layout
    fields : dict of str to dict
        As of `descriptor.table_schema`, by name.
    told : list of str
        Is added to.

    Returns
    -------
    dict of str to dict
    """
    above = [place for place in sorted(layout.sheet.cells) if place[0] < layout.head]
    scaled, saying = dict(fields), set()
    for name in fields.keys() & layout.heads.keys():
        unit = fields[name].get("unit", "")
        own = {"billion": 10**9, "VND": 1}.get(unit.split()[0] if unit else "")
        for place in ((layout.head, layout.heads[name]), *above) if own else ():
            if said := times(str(layout.sheet.cells.get(place, ""))):
                if said != own:
                    scaled[name] = fields[name] | {"scale": Decimal(said) / own}
                    saying.add((place, said))
                break
    for place, said in sorted(saying):
        told.append(
            f"sheet {layout.sheet.name}: money is read in {_COUNTS[said]} VND, as cell {cell_name(*place)} "
            f"'{layout.sheet.cells[place]}' says"
        )
    return scaled
