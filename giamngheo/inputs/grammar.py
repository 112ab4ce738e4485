"""What a cell of text can mean: every number and every day that it can be read as.

CSV files, whose cells are to be plain, answer with these; a workbook's cells are read by them where only one fits.
"""

import calendar
import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

EXCEL_EPOCH = date(1899, 12, 30)
_NOTHING = re.compile(
    r"[-–—−.…_:?*]+|#[a-z][a-z0-9/]*[!?]?"
)  # signs, and what spreadsheets say of an error: #DIV/0!
_MISSING = {
    *("x", "n/a", "na", "n.a.", "nd", "n.d.", "nan", "null", "none", "nil", "missing", "not available"),
    *("không", "không có", "chưa", "chưa có", "k/c", "kxđ", "không xác định", "không rõ", "chưa rõ"),
    *("không có số liệu", "chưa có số liệu", "không công bố", "chưa công bố", "no data"),
}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_THOUSANDS = {
    "vi": (".", ","),
    "en": (",", "."),
}  # what groups digits by three, and what decimals stand behind
_EDGES = {
    "end": ("cuối", "hết", "đến cuối", "tính đến cuối", "tính đến hết", "end of", "end", "at the end of"),
    "start": (
        "đầu",
        "từ đầu",
        "beginning of",
        "the beginning of",
        "at the beginning of",
        "start of",
        "early",
    ),
}
_EDGE = {word: edge for edge, words in _EDGES.items() for word in words}


_ESTIMATE = re.compile(
    r"(?<!\w)(dự ước|ước(?: (?:tính|đạt|thực hiện|th))?|ưth|uth|sơ bộ"
    r"|estimated?|est[.]?|preliminary|prel[.]?)(?!\w)[ :]*",
    re.IGNORECASE,
)


def estimate(text):
    """The words of a text that say that it is of an estimate, as "ước" of "cuối năm 2011 (ước)" (str, "" if none)."""
    found = _ESTIMATE.search(unicodedata.normalize("NFC", text))
    return found[1] if found else ""


def without_estimate(text):
    """A text without the words, and the brackets about them, that say that it is of an estimate (str)."""
    if not estimate(text):
        return text
    bare = _ESTIMATE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(re.sub(r"[(\[]\s*[)\]]", " ", bare).split())


def is_missing(text):
    """Whether a cell's text is a mark for nothing, as "n/a", "-" and "không có" are (bool)."""
    plain = unicodedata.normalize("NFC", " ".join(text.lower().split()))
    return plain in _MISSING or bool(_NOTHING.fullmatch(plain))


def plain_letters(text):
    """Text without Vietnamese marks: "Đồng Tháp" is "Dong Thap" (str)."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(part for part in parts if not unicodedata.combining(part))


def slug(text, joint="_"):
    """Text as an id: small letters and digits, all else a joint ("Đắk Lắk" is "dak_lak")."""
    return re.sub(r"[^a-z0-9]+", joint, plain_letters(str(text)).lower()).strip(joint)


def number_readings(text):
    """The numbers that a text can be read as.

    Parameters
    ----------
    text : str
        Digits, grouped by points, commas or blanks, with decimals behind a point or comma; no unit.

    Returns
    -------
    dict of str to Decimal
        By the notation that it is then written in: "vi" (1.234,5), "en" (1,234.5), "" where both agree. Empty: no
        number.
    """
    bare = re.sub(r"[\s']", " ", text.strip().replace("−", "-"))  # no-break and thin blanks are blanks
    if re.fullmatch(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?", bare, re.ASCII):
        bare = bare.replace(" ", "")
        style = "vi" if "," in bare else "en" if "." in bare else ""
        return {style: Decimal(bare.replace(",", "."))}
    if re.fullmatch(r"[+-]?\d+", bare, re.ASCII):
        return {"": Decimal(bare)}
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d{1,2}", bare, re.ASCII):
        return {"": Decimal(f"{Decimal(bare.replace(',', '.')):f}")}
    found = {}
    for style, (group, point) in _THOUSANDS.items():
        grouped = rf"[1-9]\d{{0,2}}({re.escape(group)}\d{{3}})+({re.escape(point)}\d+)?"
        if re.fullmatch(rf"[+-]?({grouped}|\d*{re.escape(point)}\d+)", bare, re.ASCII):
            found[style] = Decimal(bare.replace(group, "").replace(point, "."))
    return found


def day_readings(text):
    """The days that a text can be read as, the instants that it can mean.

    Parameters
    ----------
    text : str
        As "31/12/2010", "cuối năm 2010", "đầu năm 2011" (the day before), "ngày 31 tháng 12 năm 2010", "2010", or
        a spreadsheet's number of a day, "40543".

    Returns
    -------
    list of datetime.date
        In order, none twice; of a year alone its beginning (31 December before) and its end. Empty: no day.
    """
    text = unicodedata.normalize("NFC", " ".join(without_estimate(text).lower().replace(",", " ").split()))
    found = _by_numbers(text) or _by_words(text)
    return sorted({day for day in found if day})


def year_alone(text):
    """The year of a text that names a year and neither its beginning nor its end ("2010", "năm 2010"), else None."""
    bare = " ".join(without_estimate(str(text)).lower().split())
    found = re.fullmatch(r"(?:năm |year |in )?((?:19|20)\d\d)(?:[.]0)?", bare)
    return int(found[1]) if found else None


def edge_of_year(year, edge):
    """The last day before a year begins ("start"), or its last day ("end") (datetime.date)."""
    return date(year - (edge == "start"), 12, 31)


def serial_day(number):
    """The day that a spreadsheet counts as this number (40543 is 2010-12-31), None from before 1930 or after 2100."""
    day = EXCEL_EPOCH + timedelta(days=int(number)) if 0 < number < 100_000 else None
    return day if day and 1930 <= day.year <= 2100 else None


def day_or_none(year, month, day):
    """A day of the calendar, None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _by_numbers(text):
    if re.fullmatch(r"\d{5}", text, re.ASCII):
        return [serial_day(int(text))]
    found = re.fullmatch(r"(?:ngày )?(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4})(?: \d\d?:.*)?", text)
    if found:
        one, two, year = int(found[1]), int(found[3]), int(found[4])
        return [day_or_none(year, two, one), day_or_none(year, one, two)]
    found = re.fullmatch(r"(\d{4})([/.\-]?)(\d{1,2})\2(\d{1,2})(?:[t ]\d.*)?", text)
    return [day_or_none(int(found[1]), int(found[3]), int(found[4]))] if found else []


def _by_words(text):
    day = re.fullmatch(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}) năm (\d{4})", text)
    if day:
        return [day_or_none(int(day[3]), int(day[2]), int(day[1]))]
    day = re.fullmatch(r"(?:(\d{1,2}) ([a-z]+)|([a-z]+) (\d{1,2})) (\d{4})", text)
    if day and (day[2] or day[3]) in _MONTHS:
        return [day_or_none(int(day[5]), _MONTHS[day[2] or day[3]], int(day[1] or day[4]))]
    edges = "|".join(sorted(_EDGE, key=len, reverse=True))
    span = re.fullmatch(
        rf"(?:({edges}) )?(?:(?:tháng )?(\d{{1,2}})(?: năm |/)|([a-z]+) )?(?:năm |year )?((?:19|20)\d\d)",
        text,
    )
    if not span or (span[3] and span[3] not in _MONTHS):
        return []
    month, year = int(span[2] or _MONTHS.get(span[3], 0)), int(span[4])
    if month > 12:
        return []
    start, end = date(year, month or 1, 1), date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    days = {"start": start - timedelta(days=1), "end": end - timedelta(days=1)}
    return [days[_EDGE[span[1]]]] if span[1] else list(days.values())
