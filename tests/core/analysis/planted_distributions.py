"""Distributions with known parameters, as scipy has them."""

from __future__ import annotations

import numpy as np
from scipy import stats

FROZEN = {
    "lognormal": lambda mu, sigma: stats.lognorm(sigma, scale=np.exp(mu)),
    "inverse_gamma": lambda alpha, beta: stats.invgamma(alpha, scale=beta),
    "inverse_gaussian": lambda mu, lam: stats.invgauss(mu / lam, scale=lam),
    "exponential": lambda scale: stats.expon(scale=scale),
    "normal": lambda mu, sigma: stats.norm(mu, sigma),
}
PLANTED = {
    "lognormal": (-4.0, 2.3),
    "inverse_gamma": (2.7, 0.4),
    "inverse_gaussian": (0.8, 1.9),
    "exponential": (3.0,),
    "normal": (5.0, 0.7),
}
