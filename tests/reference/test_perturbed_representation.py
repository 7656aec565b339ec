"""The inputs of the R-indicator cases, perturbed, and the outcomes by a second route: person by person."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from analysis.representation.partial_indicators import partial_indicators
from analysis.representation.r_indicators import r_indicator
from analysis.representation.response_cells import Factor, group_responses
from analysis.representation.response_propensities import fit_propensities
from tests.reference.reference_cases import levels, number

INVITED = "panel_a_uitgenodigd"
VARIABLES = ("leeftijd", "geslacht", "opleiding")


def persons(seed, n):
    """Persons of rindicator_panel_a, drawn anew, a part of them with another answer."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 5200, n)
    answers = number(INVITED, "respons").astype(int)[rows] ^ (rng.random(n) < 0.1)
    codes = np.column_stack([levels(INVITED, name)[0][rows] for name in VARIABLES])
    strata = levels(INVITED, "stratum")[0][rows]
    return codes, answers, strata, np.where(strata == 0, 2.5, 11.0)


def model_matrix(codes, crossed):
    columns = [np.ones(codes.shape[0])]
    dummies = [[codes[:, j] == category for category in np.unique(codes[:, j])[1:]] for j in range(codes.shape[1])]
    columns += [column for group in dummies for column in group]
    if crossed:
        columns += [first & second for first in dummies[0] for second in dummies[1]]
    return np.column_stack(columns).astype(float)


def fitted_by_quasi_newton(x, y, w):
    def loss(beta):
        eta = x @ beta
        return w @ (np.logaddexp(0, eta) - y * eta), x.T @ (w * (expit(eta) - y))

    beta = minimize(loss, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    for _ in range(3):
        rho = expit(x @ beta)
        beta = beta + np.linalg.solve((x.T * (w * rho * (1 - rho))) @ x, x.T @ (w * (y - rho)))
    return expit(x @ beta)


def stratified_variance(values, d, strata):
    found = 0.0
    for stratum in np.unique(strata):
        y, total = values[strata == stratum], d[strata == stratum].sum()
        found += total**2 * (1 - y.size / total) * y.var(ddof=1) / y.size
    return found


def second_route(codes, y, strata, d, crossed):
    x = model_matrix(codes, crossed)
    w = d / d.mean()
    rho = fitted_by_quasi_newton(x, y, w)
    v = np.linalg.inv((x.T * (w * rho * (1 - rho))) @ x)
    z = (rho * (1 - rho))[:, None] * x
    total, mean = d.sum(), np.average(rho, weights=d)
    s2 = np.average((rho - mean) ** 2, weights=d) * total / (total - 1)
    bias = (np.trace(v @ ((z.T * d) @ z)) - stratified_variance(rho, d, strata) / total) / total
    joint = np.cov(np.column_stack([rho, z]).T, aweights=d, ddof=0)
    a, b = joint[0, 1:], joint[1:, 1:] @ v
    of_s2 = 4 * a @ v @ a + 2 * np.trace(b @ b) + stratified_variance((rho - mean) ** 2, d, strata) / total**2
    return s2, bias, 1 - 2 * np.sqrt(max(0, s2 - bias)), np.sqrt(of_s2 / joint[0, 0]), rho, mean


@given(st.integers(0, 10_000), st.integers(1500, 3000), st.booleans())
@settings(max_examples=8, deadline=None)
def test_rindicator_panel_a_perturbed_person_by_person(seed, n, crossed):
    codes, answers, strata, weights = persons(seed, n)
    factors = [Factor(name, tuple(levels(INVITED, name)[1])) for name in VARIABLES]
    fit = fit_propensities(
        group_responses(codes, answers, factors, design_weights=weights, strata=strata),
        interactions=[VARIABLES[:2]] if crossed else [],
    )
    ours = r_indicator(fit)
    s2, bias, r, error, rho, mean = second_route(codes, answers, strata, weights, crossed)
    assert ours.variance == pytest.approx(s2, rel=1e-9)
    assert ours.bias == pytest.approx(bias, rel=1e-8)
    assert ours.r == pytest.approx(r, rel=1e-9)
    assert ours.standard_error == pytest.approx(error, rel=1e-8)
    for position, partial in enumerate(partial_indicators(fit)):
        for category, signed in enumerate(partial.category_unconditional):
            inside = codes[:, position] == category
            share = weights[inside].sum() / weights.sum()
            rate = np.average(rho[inside], weights=weights[inside])
            assert signed == pytest.approx(np.sqrt(share) * (rate - mean), rel=1e-7, abs=1e-12)
