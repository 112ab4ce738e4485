"""How much one scenario costs, against the normal distribution function alone, in one run.

The yardstick is what scipy.special.ndtr takes on draws x lines x years x 2 numbers. Prints the ratio for each number
of draws (linear when it stays level) and what the forecast and the assumptions beneath it cost on top, once a package.
"""

import argparse
import time
from fractions import Fraction
from itertools import count

import numpy as np
from scipy.special import ndtr

from giamngheo import load_package, load_scenario
from giamngheo.simulation.money import scaled
from giamngheo.simulation.outcomes import simulate_case
from giamngheo.simulation.shared_draws import shared_draws


def best_of(repeats, call):
    """Shortest wall time of a call over some repeats, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", default="thirty_percent_short")
    parser.add_argument("--draws", type=int, nargs="+", default=[5_000, 10_000, 20_000, 40_000])
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    package = load_package()
    scenario = load_scenario(options.scenario, package)
    heads = ("draws", "ndtr ms", "scenario ms", "ratio", "us/draw", "from nothing ms", "ratio")
    print("{:>8} {:>9} {:>12} {:>6} {:>8} {:>16} {:>6}".format(*heads))
    for draws in options.draws:
        numbers = np.random.default_rng(0).standard_normal(
            draws * len(package.budget_lines) * len(package.years) * 2
        )
        unit = best_of(options.repeats, lambda numbers=numbers: ndtr(numbers))
        shared = shared_draws(package, draws=draws, seed=0)
        simulate_case(package, scenario, shared=shared)
        others = (
            scaled(scenario, Fraction(1000 - n, 1000)) for n in count(1)
        )  # each simulated for the first time
        one = best_of(
            options.repeats,
            lambda shared=shared, others=others: simulate_case(package, next(others), shared=shared),
        )
        cold = best_of(
            options.repeats, lambda draws=draws: simulate_case(package, scenario, draws=draws, seed=0)
        )
        row = (draws, 1e3 * unit, 1e3 * one, one / unit, 1e6 * one / draws, 1e3 * cold, cold / unit)
        print("{:>8} {:>9.1f} {:>12.1f} {:>6.2f} {:>8.2f} {:>16.1f} {:>6.2f}".format(*row))


if __name__ == "__main__":
    main()
