"""Targets that promise a fall a year: the fall as a sheet tells it, and the level that it leads to."""

import re
from datetime import date

from giamngheo.inputs.grammar import slug
from giamngheo.inputs.package_faults import level_led_to
from giamngheo.inputs.questions import level_of_pace
from giamngheo.inputs.workbook.words import value_of

_YEARLY = "(moi|hang|tung|mot)_nam|binh_quan|a_year|per_year|annual"
_NUMBER = r"\d+(?:[.,]\d+)?"
_FALL = re.compile(
    rf"(?:giảm|bình quân|từ|falls?|by|of|\s)*({_NUMBER})\s*%?(?:\s*(?:-|–|đến|to)\s*({_NUMBER}))?\s*"
    r"(%|điểm(?: phần trăm| %)?|points?)?\s*((?:/|mỗi|một|hằng|hàng|a|per)\s*(?:năm|year))?",
    re.IGNORECASE,
)


def paces(record):
    """The cells of a yearly fall that stands where a level does, under the columns that are its own.

    Parameters
    ----------
    record : dict of str to Placed
        Of a sheet of targets. "Giảm tỷ lệ hộ nghèo bình quân mỗi năm" with "1,5 - 2%", or any name with "1,5%/năm",
        loses its value_pct.

    Returns
    -------
    dict of str to Placed
        pace_low_pp and, of a range, pace_high_pp; empty where the value is none or a level.
    """
    placed = record.get("value_pct")
    found = placed and _FALL.fullmatch(str(placed.cell).strip())
    name = slug(str(record["name_vi"].cell)) if "name_vi" in record else ""
    named = re.search("giam|fall|reduc", name) and re.search(_YEARLY, name)
    if not found or not (found[4] or named) or "pace_low_pp" in record:
        return {}
    del record["value_pct"]
    ends = [end for end in found.groups()[:2] if end]
    whole = len(ends) == 1 and not isinstance(placed.cell.value, str)  # a number is read as one
    return {
        column: placed if whole else placed._replace(cell=type(placed.cell)(end))
        for column, end in zip(("pace_low_pp", "pace_high_pp"), ends, strict=False)
    }


def ask_levels(found):
    """Write the levels that yearly falls lead to into a workbook's targets, and ask whether they are promised.

    Parameters
    ----------
    found : Found
        Its tables, checked, and its labels. Where whose rate is to fall is not said, the door says so.
    """
    readings = found.tables["poverty"].values()
    for row, target in found.tables["targets"].items():
        pace = target.pace_low_pp if target.pace_low_pp is not None else target.pace_high_pp
        status = target.status or value_of("status", target.name_vi or "")
        if pace is None or target.value_pct is not None or status is None:
            continue
        last, due, level = level_led_to(target, status, readings, found.labels.last_year)
        if last is None or level <= 0:
            continue
        day = target.as_of or date(due, 12, 31)
        told = {"status": status, "comparator": "<=", "value_pct": level, "as_of": day}
        found.tables["targets"][row] = target.model_copy(update=told)
        found.asked.append(level_of_pace(row, pace, last, level, day))
