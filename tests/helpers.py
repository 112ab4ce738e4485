"""What several tests need and the workbook does not."""

import html
import re

import numpy as np
from scipy.special import ndtr


def text_of(markup):
    """What of a piece of HTML is read as text (str)."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def squared_gap_ratio(z_poor, spread):
    """Mean squared shortfall of the poor over the squared line, log-normal (Foster, Greer and Thorbecke 1984)."""
    first = np.exp(spread**2 / 2 - spread * z_poor) * ndtr(z_poor - spread) / ndtr(z_poor)
    second = np.exp(2 * spread**2 - 2 * spread * z_poor) * ndtr(z_poor - 2 * spread) / ndtr(z_poor)
    return 1 - 2 * first + second
