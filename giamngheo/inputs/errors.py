"""What is refused at the door, and how a refusal names its place and the nearest valid value.

Nothing but the standard library and `paths`: a refusal must not wait for pandas.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from giamngheo import paths

MAX_PROBLEMS = 20  # of different kinds
MAX_PLACES = 3  # named beside the first, of problems of one kind
MAX_KNOWN = 20  # of the words that an error lists


# What problems of one cause differ in: their row, their cell, and a figure or day that is told.
_DIFFERS = re.compile(r"\bcell [A-Z]{1,3}\d+(?: \([a-z_]+\))?|\d+(?:[.,-]\d+)*")


def _of_a_kind(first, *others):
    """One line for problems that differ in rows and figures alone, with the places of the first of the others."""
    if not others:
        return first
    places = [re.search(r"\bcell ([A-Z]+\d+)|:(\d+)(?=[:,])", other) for other in others[:MAX_PLACES]]
    named = ", ".join(place[1] or f"row {place[2]}" for place in places if place)
    more = f"{len(others)} more of the same kind"
    return f"{first}; and {more}" + (
        f" ({named}{', …' if len(others) > MAX_PLACES else ''})" if named else ""
    )


class RefusedInput(ValueError):
    """Input that the workbook will not work with; its text says what, where and the nearest valid value.

    Parameters
    ----------
    problems : str or iterable of str
        One sentence a problem, each naming its place.
    """

    def __init__(self, problems: str | Iterable[str]):
        self.problems = (problems,) if isinstance(problems, str) else tuple(dict.fromkeys(problems))
        kinds = {}
        for problem in self.problems:
            kinds.setdefault(re.sub(_DIFFERS, "#", problem), []).append(problem)
        shown = [_of_a_kind(*alike) for alike in list(kinds.values())[:MAX_PROBLEMS]]
        more = sum(map(len, list(kinds.values())[MAX_PROBLEMS:]))
        super().__init__("\n".join((*shown, *([f"… and {more} more"] if more else []))))


def check_project():
    """Refuse to work where only the code is installed, without the project's data and notebooks.

    Raises
    ------
    RefusedInput
    """
    if lacks := paths.lacks(paths.ROOT):
        raise RefusedInput(
            f"giamngheo is installed without {' and '.join(lacks)}, which a checkout of the project holds; "
            "nearest: clone the project, and make env in it"
        )


def nearest(word: str, known: Iterable[str], least=0.0) -> str | None:
    """The known word most like the given one.

    Parameters
    ----------
    word : str
    known : iterable of str
    least : float
        How alike they must be, from 0 to 1.

    Returns
    -------
    str or None
        None if nothing is known, or alike.
    """
    written = {str(candidate).lower(): str(candidate) for candidate in known}
    word = str(word).lower()
    # An abbreviation is nearer to what it stands for than to another short word.
    longer = [candidate for candidate in written if len(word) > 2 and candidate.startswith(word)]
    close = difflib.get_close_matches(word, longer or written, 1, 0.0 if longer else least)
    return written[close[0]] if close else None


def unknown(what: str, word: str, known: Iterable[str], least=0.0) -> str:
    """The sentence for a word that is not among the known ones.

    Parameters
    ----------
    what : str
        What the word should name, such as "channel".
    word : str
    known : iterable of str
    least : float
        As of `nearest`; where none of many names is like the word, they are listed alone.

    Returns
    -------
    str
    """
    known = list(dict.fromkeys(str(candidate) for candidate in known))
    if not known:
        return f"unknown {what} '{word}'; none is known"
    listed = ", ".join(known[:MAX_KNOWN]) + (", …" if len(known) > MAX_KNOWN else "")
    near = nearest(word, known, least)
    return f"unknown {what} '{word}'" + (f"; nearest: '{near}'" if near else "") + f" (known: {listed})"


def shown(path) -> str:
    """A path as an error names it: relative to the working folder where that is shorter."""
    path = Path(path)
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
