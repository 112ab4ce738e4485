"""Importance weights, resampling by them, and bringing a likelihood in by steps."""

import numpy as np

MOVES = 4  # of the scales after each step of the weights
STEP = 0.5  # of a move, in standard normals: 0 stands still, 1 starts afresh


def weights(log_likelihood, power=1.0):
    """Importance weights that add up to one, and their effective size."""
    weight = np.exp(power * (log_likelihood - log_likelihood.max()))
    weight /= weight.sum()
    return weight, 1 / np.square(weight).sum()


def resample(weight, rng, draws):
    """Places by systematic resampling, the least noisy unbiased one."""
    return np.searchsorted(np.cumsum(weight), (rng.random() + np.arange(draws)) / draws).clip(
        max=len(weight) - 1
    )


def tempered(normals, log_likelihood, compute, rng):
    """Bring the likelihood in by steps that keep half the draws effective, moving the normals after each.

    The moves are those of Neal (1999), preconditioned Crank-Nicolson: they leave the standard normals as they are
    distributed, so that only the likelihood decides. The effective draws returned are the distinct ones at the end.
    """
    power = 0.0
    while power < 1:
        low, high = 0.0, 1 - power
        if weights(log_likelihood, high)[1] < len(normals) / 2:
            for _ in range(30):
                middle = (low + high) / 2
                enough = weights(log_likelihood, middle)[1] >= len(normals) / 2
                low, high = (middle, high) if enough else (low, middle)
            high = max(low, 1e-6)
        picks = resample(weights(log_likelihood, high)[0], rng, len(normals))
        normals, log_likelihood, power = normals[picks], log_likelihood[picks], power + high
        for _ in range(MOVES):
            size = STEP * rng.random(
                (len(normals), 1)
            )  # small and large moves: the likelihood narrows as it comes in
            proposed = np.sqrt(1 - size**2) * normals + size * rng.standard_normal(normals.shape)
            new = compute(proposed)
            taken = np.log(rng.random(len(normals))) < power * (new - log_likelihood)
            normals = np.where(taken[:, None], proposed, normals)
            log_likelihood = np.where(taken, new, log_likelihood)
    return normals, len(np.unique(normals[:, 0]))
