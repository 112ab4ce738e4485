"""What a sheet of targets promises: a level with its comparator, a fall a year, or something in another unit."""

import re
from dataclasses import replace
from datetime import date

from giamngheo.inputs.grammar import slug
from giamngheo.inputs.package_faults import level_led_to
from giamngheo.inputs.questions import level_of_pace
from giamngheo.inputs.workbook.derived import PERCENT
from giamngheo.inputs.workbook.words import meaning, value_of

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
    readings, targets = found.tables["poverty"].values(), found.tables["targets"]
    for row, target in list(targets.items()):
        pace = target.pace_low_pp if target.pace_low_pp is not None else target.pace_high_pp
        status = target.status or value_of("status", target.name_vi or "")
        if pace is None or target.value_pct is not None or status is None:
            continue
        whose = target.group, status
        level = next(
            (n for n, one in targets.items() if (one.group, one.status) == whose and one.value_pct), None
        )
        if level is not None and targets[level].pace_low_pp is None:  # the fall to a level that is promised
            told = {column: getattr(target, column) for column in ("pace_low_pp", "pace_high_pp")}
            targets[level] = targets[level].model_copy(update=told)
            del targets[row]
            found.told.append(
                f"{found.place('targets', row, 'pace_low_pp')}: the fall to '{targets[level].name_vi}'"
            )
            continue
        last, due, level = level_led_to(target, status, readings, found.labels.last_year)
        if last is None or level <= 0:
            continue
        day = target.as_of or date(due, 12, 31)
        told = {"status": status, "comparator": "<=", "value_pct": level, "as_of": day}
        targets[row] = target.model_copy(update=told)
        found.asked.append(level_of_pace(row, pace, last, level, day))


def other_unit(record):
    """The unit of a target's figure that is none of percent, in a column of its own or behind the figure (str or None).

    A figure for the poor or near-poor is a rate, whatever stands behind it.
    """
    if "unit" in record:
        said = str(record["unit"].cell)
        return said if slug(said) not in PERCENT else None
    name = meaning(str(record["name_vi"].cell)) if "name_vi" in record else None
    found = re.fullmatch(rf"[^\d]*{_NUMBER}(?:[.,]\d+)*\s*([^\W\d].*)", str(record["value_pct"].cell).strip())
    if (
        found is None
        or slug(found[1]) in PERCENT
        or name is None
        or (name.status and not (name.more or name.flow))
    ):
        return None
    return found[1]


_TO = r"(?:(?:giảm|xuống|còn|ở mức)\s+)*"  # before a comparator of another kind, as in "còn dưới 5%"
_COMPARED = {  # before a target's figure, and what they compare it by
    "<": r"dưới|thấp hơn|nhỏ hơn|ít hơn|under|below|less than|fewer than|<",
    "<=": r"còn|xuống|xuống còn|giảm còn|không quá|tối đa|at most|to|≤|<=",
    ">=": r"trên|từ|ít nhất|tối thiểu|at least|≥|>=",
}


def compared(column, cell, values):
    """A target's value without the word before it, which is its comparator: "dưới 7 %" is < 7 %; or that word alone."""
    if column == "comparator" and isinstance(cell.value, str):
        for comparator, words in _COMPARED.items():
            if re.fullmatch(words, cell.value.strip(), re.IGNORECASE):
                return replace(cell, value=comparator)
    if column == "value_pct" and isinstance(cell.value, str):
        for comparator, words in _COMPARED.items():
            if found := re.fullmatch(rf"{_TO}(?:{words})\s*(?=[\d])(.+)", cell.value, re.IGNORECASE):
                values["comparator"] = values["comparator"] or comparator
                return replace(cell, value=found[1])
    return cell
