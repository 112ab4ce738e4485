"""How far a run is: for those who wait."""

import shutil
import sys
import warnings


class Progress:
    """A bar in a notebook and on a terminal, plain lines elsewhere, nothing if not wanted."""

    def __init__(self, total, wanted, unit="notebook"):
        self.total, self.wanted, self.unit, self.n, self.bar = total, wanted, unit, 0, None

    def __enter__(self):
        self.wanted = self.wanted and sys.stderr is not None  # closed: 2>&-
        if self.wanted and _in_a_kernel():
            self.bar = _notebook_bar()(total=self.total, unit=self.unit)
        elif self.wanted and sys.stderr.isatty():
            from tqdm import tqdm

            size = shutil.get_terminal_size()  # tqdm draws nothing where a terminal says that it has none
            shape = {"ncols": size.columns, "nrows": size.lines}
            self.bar = tqdm(total=self.total, unit=self.unit, file=sys.stderr, **shape)
        return self

    def __exit__(self, *exception):
        if self.bar is not None:
            self.bar.close()

    def step(self, label, outcome, count=1):
        """So many more have ended; the last one's label, and how it ended in a word or two."""
        self.n += count
        if self.bar is not None:
            self.bar.set_description(label)
            self.bar.update(count)
        elif self.wanted:
            print(f"[{self.n}/{self.total}] {label}: {outcome}", file=sys.stderr, flush=True)


def _in_a_kernel():
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def _notebook_bar():
    """tqdm's bar of widgets, or the one of text where ipywidgets is missing, of which nothing need be said."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm
