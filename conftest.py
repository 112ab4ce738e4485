"""What nbval's kernels begin with: where matplotlib keeps its fonts, of which it says a word where HOME has no room."""

import os

from giamngheo import paths

os.environ.setdefault("MPLCONFIGDIR", str(paths.CACHE / "matplotlib"))
