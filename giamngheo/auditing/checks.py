"""What one check of the audit says, in both languages."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from giamngheo import language
from giamngheo.auditing.printed import decimals as printed_decimals

MILLION = 10**6
RESULTS = ("discrepancy", "note", "rounding", "ok")  # worst first
MOST_SHOWN = 20  # of the findings, where a notebook shows an audit
# What a reader should meet first: that which changes the analysis before that which is only untidy.
KINDS = (
    *("file", "pace", "flow", "poverty_line", "dates", "denominator", "coverage", "resource", "money"),
    *("restated", "sum", "product", "difference", "mean", "ratio", "share", "budget_table"),
    *("subgroup", "fall", "household_size", "unfunded", "unmatched", "roles", "scope", "period", "line_kind"),
    *("versions", "legal", "numbering", "units", "precision", "wording"),
)


class Shown(NamedTuple):
    """A value in a message, formatted when the message is read.

    Parameters
    ----------
    style : str
        A formatter of `words` (``number``, ``signed``, ``percent``, ``points``, ``money``, ``day``),
        ``text`` for a string, ``both`` for a mapping with ``vi`` and ``en``, ``amount`` for a number and
        its unit, ``phrase`` for a key of ``phrases/audit.toml`` without its ``audit.``, otherwise a unit of
        that file.
    value : object
    decimals : int, optional
    """

    style: str
    value: Any
    decimals: int | None = None

    def read(self, lang):
        """The value in one language.

        Parameters
        ----------
        lang : {"vi", "en"}

        Returns
        -------
        str
        """
        match self.style:
            case "text":
                return str(self.value)
            case "both":
                return self.value[lang]
            case "amount":
                return _amount(*self.value, self.decimals).read(lang)
            case "phrase":
                return language.say(f"audit.{self.value}", lang)
            case "day":
                return language.day(self.value, lang)
            case "number" | "percent" | "points" | "money" | "signed":
                return getattr(language, self.style)(self.value, lang, self.decimals)
        text = language.number(self.value, lang, self.decimals)
        one = self.style + "_one"
        key = (
            one
            if text.lstrip(language.MINUS) == "1" and language.has_phrase(f"audit.unit.{one}")
            else self.style
        )
        return language.say(f"audit.unit.{key}", lang, n=text)


def amount(x, unit, decimals=None):
    """A number with its unit, worked out only when a message is read.

    Parameters
    ----------
    x : int, Decimal or Fraction
    unit : str or None
        A unit as the package's tables write it.
    decimals : int, optional
        Left out: as printed; two for a fraction without end.

    Returns
    -------
    Shown
    """
    return Shown("amount", (x, unit), decimals)


def _amount(x, unit, decimals):
    if unit == "vnd" and abs(x) >= MILLION:
        millions = Fraction(x) / MILLION
        return Shown("million_vnd", millions, min(_terminating(millions, 2), 2 if abs(millions) < 10 else 1))
    if decimals is None:
        decimals = _terminating(x, 3) if isinstance(x, Fraction) else printed_decimals(x)
    styles = {"percent": "percent", "percentage_point": "points", "bn_vnd": "money"}
    style = styles.get(unit) or (unit if language.has_phrase(f"audit.unit.{unit}") else "number")
    return Shown(style, x, decimals)


def printed_rate(reading):
    """The rate of a reading as printed, 7.20 % and not 7.2 %.

    Parameters
    ----------
    reading : giamngheo.inputs.tables.Reading

    Returns
    -------
    Shown
    """
    return Shown("percent", reading.rate_pct, printed_decimals(reading.rate_pct))


def _terminating(x, most):
    for places in range(most + 1):
        if (x * 10**places).denominator == 1:
            return places
    return 2 if abs(x) < 1000 else 0


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the audit.

    Parameters
    ----------
    id, kind : str
    result : {"ok", "rounding", "discrepancy", "note"}
        Holds; holds within the printed decimals; does not hold; worth knowing, nothing to hold it against.
    locator : str
        Place in the document.
    stated, recomputed, difference : Fraction, str or None
        What the document says, what follows from its other figures, stated − recomputed; in `unit`.
    unit : str
    sentences : tuple of (str, dict or callable)
        Phrase keys (without ``audit.``) and their `Shown` values, or what makes these when a message is read.
    note : dict, optional
        Words of the package itself about the finding, ``{"vi": …, "en": …}``.
    tolerance : Fraction, optional
        What rounding of the printed figures allows, in `unit`.
    """

    id: str
    kind: str
    result: str
    locator: str
    stated: Any = None
    recomputed: Any = None
    difference: Any = None
    unit: str = ""
    sentences: tuple = ()
    note: Any = None
    tolerance: Any = None

    def message(self, lang):
        """One or two sentences for a reader.

        Parameters
        ----------
        lang : {"vi", "en"}

        Returns
        -------
        str
        """
        said = []
        for key, values in self.sentences:
            shown = values() if callable(values) else values
            said.append(
                language.say(
                    f"audit.{key}", lang, **{name: value.read(lang) for name, value in shown.items()}
                )
            )
        if self.note:
            said.append(self.note[lang])
        return " ".join(said)

    @property
    def message_vi(self):
        """The message in Vietnamese."""
        return self.message("vi")

    @property
    def message_en(self):
        """The message in English."""
        return self.message("en")

    def as_dict(self):
        """The check as JSON knows it.

        Returns
        -------
        dict
        """
        plain = ("id", "kind", "result", "locator", "unit")
        numbers = {name: _jsonable(getattr(self, name)) for name in ("stated", "recomputed", "difference")}
        both = {name: getattr(self, name) for name in ("message_vi", "message_en")}
        row = {name: getattr(self, name) for name in plain} | numbers | both
        order = (
            "id",
            "kind",
            "result",
            "locator",
            "stated",
            "recomputed",
            "difference",
            "unit",
            "message_vi",
            "message_en",
        )
        return {name: row[name] for name in order}


def by_consequence(checks):
    """Checks in the order of `KINDS`, unknown kinds last; within a kind as they come.

    Parameters
    ----------
    checks : iterable of Check

    Returns
    -------
    list of Check
    """
    rank = {kind: i for i, kind in enumerate(KINDS)}
    return sorted(checks, key=lambda check: rank.get(check.kind, len(rank)))


def _jsonable(x):
    if isinstance(x, (Fraction, Decimal)):
        return int(x) if x == int(x) else float(x)
    return x


@dataclass(frozen=True, repr=False)
class Audit:
    """All checks of one package.

    Parameters
    ----------
    checks : tuple of Check
        By kind, those of most consequence first; within a kind in the order of the document.
    """

    checks: tuple[Check, ...] = field(default_factory=tuple)

    def __repr__(self):
        counts = (f"{count} {result}" for result, count in self.summary.items())
        return f"Audit of {len(self.checks)} checks: {', '.join(counts)}"

    def _repr_html_(self):
        import pandas as pd

        rows = [(check.result, check.message_en, check.locator) for check in self.findings[:MOST_SHOWN]]
        with pd.option_context("display.max_colwidth", None):
            shown = pd.DataFrame(rows, columns=["result", "what", "where"]).to_html(index=False, border=0)
        return f"<p>{self}</p>\n{shown if rows else ''}"

    @property
    def table(self):
        """The checks in their order: id, kind, result, locator, stated … message_en (pandas.DataFrame)."""
        import pandas as pd  # an audit itself waits for no heavy import

        return pd.DataFrame([check.as_dict() for check in self.checks])

    @property
    def summary(self):
        """Number of checks by result, all four results present (dict of str to int)."""
        found = Counter(check.result for check in self.checks)
        return {result: found[result] for result in reversed(RESULTS)}

    @property
    def findings(self):
        """The checks that are not ``ok``, worst first (tuple of Check)."""
        rest = [check for check in self.checks if check.result != "ok"]
        return tuple(sorted(rest, key=lambda check: RESULTS.index(check.result)))

    def results(self):
        """Which checks there are and how each ended; what a change of a figure can turn.

        Returns
        -------
        frozenset of (str, str)
            ``(id, result)``.
        """
        return frozenset((check.id, check.result) for check in self.checks)

    def as_dict(self):
        """The audit as ``giamngheo audit --json`` prints it.

        Returns
        -------
        dict
            ``{"checks": [...], "summary": {result: count}}``.
        """
        return {"checks": [check.as_dict() for check in self.checks], "summary": self.summary}
