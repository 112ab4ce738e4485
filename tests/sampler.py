"""A Metropolis sampler that shares no algebra with the workbook: many short chains, for second computations."""

import numpy as np


def walkers(log_posterior, start, steps, rng, keep_every=25, burn=0.4):
    """Draws by differential-evolution moves (ter Braak 2006) between the two halves of the walkers.

    Parameters
    ----------
    log_posterior : callable
        From (walkers, size) to (walkers,).
    start : ndarray (walkers, size)
    steps : int
    rng : numpy.random.Generator
    keep_every : int
    burn : float
        Share of the steps that is thrown away.

    Yields
    ------
    ndarray (walkers, size)
    """
    theta, n = start.copy(), len(start)
    now = log_posterior(theta)
    for step in range(steps):
        half = (np.arange(n) < n // 2) == (step % 2 == 0)
        others = np.flatnonzero(~half)
        first, second = rng.choice(others, half.sum()), rng.choice(others, half.sum())
        gamma = 1.0 if step % 20 < 2 else 2.38 / np.sqrt(2 * theta.shape[1]) * rng.uniform(0.3, 1.2)
        proposed = theta[half] + gamma * (theta[first] - theta[second])
        proposed += 1e-5 * rng.standard_normal(proposed.shape)
        new = log_posterior(proposed)
        taken = np.log(rng.random(half.sum())) < new - now[half]
        places = np.flatnonzero(half)[taken]
        theta[places], now[places] = proposed[taken], new[taken]
        if step > burn * steps and step % keep_every == 0:
            yield theta
