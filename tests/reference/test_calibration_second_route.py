"""The inputs of the cases, disturbed, and computed twice: by ours and by another route."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from analysis.errors import ConvergenceError
from analysis.weighting.auxiliaries import Auxiliary
from analysis.weighting.calibrating import calibrate
from analysis.weighting.distances import Distance
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.poststratification import poststratify
from analysis.weighting.raking import rake
from analysis.weighting.solvers import Method
from tests.reference.reference_cases import levels, margins, number, profile

SEEDS = st.integers(0, 2**32 - 1)
TYPES = ("E", "H", "M")
SMOOTH = [(Distance.LINEAR, None), (Distance.RAKING, None), (Distance.LOGIT, (0.2, 3.5))]
RAKING_CASES = [
    ("rake_panel_a_5m", "panel_a", None),
    ("rake_panel_a_baseweights_4m", "panel_a", "trekkingsgewicht"),
    ("rake_panel_a_cross_margin", "panel_a", None),
    ("rake_apisrs_3m", "apisrs", "pw"),
    ("rake_apiclus1_2m", "apiclus1", "pw"),
]


def disturbed_margin(rng, name, categories, totals, total):
    moved = np.asarray(totals) * np.exp(rng.normal(0, 0.05, len(totals)))
    return Margin(name, categories, moved / moved.sum() * total)


def disturbed_schools(seed):
    rng = np.random.default_rng(seed)
    base = number("apiclus1", "pw") * np.exp(rng.normal(0, 0.2, 183))
    margin = disturbed_margin(rng, "stype", TYPES, [4421.0, 755, 1018], 6194.0)
    api99 = number("apiclus1", "api99")
    total = 3914069.0 * float(np.exp(rng.normal(0, 0.005)))
    codes = profile("apiclus1", (margin,))
    design = np.column_stack([codes == np.arange(3), (api99 - 630) / 100])
    totals = np.append(margin.totals, (total - 630 * 6194) / 100)
    arguments = {"codes": codes, "margins": [margin], "auxiliaries": [Auxiliary("api99", api99, total)]}
    return base, arguments, base * 6194 / base.sum(), design, totals


def disturbed_panel(seed):
    rng = np.random.default_rng(seed)
    base = number("panel_a", "trekkingsgewicht") * np.exp(rng.normal(0, 0.2, 1320))
    given_margins = (
        disturbed_margin(rng, "geslacht", ("man", "vrouw"), [24891.0, 26982], 51873.0),
        disturbed_margin(rng, "opleiding", ("hoog", "laag", "midden"), [20154.0, 12243, 19476], 51873.0),
    )
    age = number("panel_a", "leeftijd_jaar")
    total = 2642935.0 * float(np.exp(rng.normal(0, 0.01)))
    codes = profile("panel_a", given_margins)
    design = np.column_stack([codes[:, [0]] == np.arange(2), codes[:, [1]] == np.arange(1, 3), (age - 50) / 20])
    totals = np.concatenate([given_margins[0].totals, given_margins[1].totals[1:], [(total - 50 * 51873) / 20]])
    arguments = {"codes": codes, "margins": given_margins, "auxiliaries": [Auxiliary("leeftijd_jaar", age, total)]}
    return base, arguments, base * 51873 / base.sum(), design, totals


def other_route(distance, bounds, base, design, totals):
    """Minimise the dual with SciPy, each distance written out as in table 1 of Deville & Sarndal."""

    def ratio_and_integral(u):
        if distance is Distance.LINEAR:
            return 1 + u, u + u**2 / 2
        if distance is Distance.RAKING:
            return np.exp(u), np.exp(u)
        low, high = bounds
        a = (high - low) / ((1 - low) * (high - 1))
        growth = np.exp(a * u)
        ratio = (low * (high - 1) + high * (1 - low) * growth) / (high - 1 + (1 - low) * growth)
        return ratio, low * u + (high - low) / a * np.log(high - 1 + (1 - low) * growth)

    size = base.sum()

    def dual(coefficients):
        ratio, integral = ratio_and_integral(design @ coefficients)
        value = (base @ integral - totals @ coefficients) / size
        return value, (design.T @ (base * ratio) - totals) / size

    found = minimize(dual, np.zeros(totals.shape[0]), jac=True, method="BFGS", options={"gtol": 1e-10})
    return base * ratio_and_integral(design @ found.x)[0]


@pytest.mark.parametrize("disturbed", [disturbed_schools, disturbed_panel])
@pytest.mark.parametrize(("distance", "bounds"), SMOOTH)
@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_calibrate_apiclus1_and_panel_a_mixed_agree_with_a_general_minimiser(disturbed, distance, bounds, seed):
    base, arguments, start, design, totals = disturbed(seed)
    population = PanelPopulation(float(totals[: 3 if disturbed is disturbed_schools else 2].sum()))
    try:
        result = calibrate(base, population=population, distance=distance, bounds=bounds, **arguments)
    except ConvergenceError:
        assume(False)
    expected = other_route(distance, bounds, start, design, totals)
    np.testing.assert_allclose(design.T @ result.weights, totals, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(result.weights, expected, rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("disturbed", [disturbed_schools, disturbed_panel])
@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_calibrate_linear_bounded_satisfies_the_conditions_of_the_optimum(disturbed, seed):
    base, arguments, start, design, totals = disturbed(seed)
    population = PanelPopulation(float(totals[: 3 if disturbed is disturbed_schools else 2].sum()))
    low, high = 0.6, 1.8
    try:
        result = calibrate(base, population=population, bounds=(low, high), **arguments)
    except ConvergenceError as error:
        assume(error.code not in ("bounds_too_tight", "bounds_cannot_meet_all"))
        raise
    g = result.weights / start
    np.testing.assert_allclose(design.T @ result.weights, totals, rtol=1e-9, atol=1e-6)
    inside = (g > low + 1e-9) & (g < high - 1e-9)
    coefficients = np.linalg.lstsq(design[inside], g[inside] - 1, rcond=None)[0]
    linear = 1 + design @ coefficients
    np.testing.assert_allclose(g, np.clip(linear, low, high), rtol=1e-8)


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_calibrate_apistrat_no_intercept_agrees_with_the_regression_formula(seed):
    rng = np.random.default_rng(seed)
    base = number("apistrat", "pw") * np.exp(rng.normal(0, 0.2, 200))
    q = np.exp(rng.normal(0, 0.3, 200))
    names, totals = ("api99", "enroll"), np.array([3914069.0, 3811472]) * np.exp(rng.normal(0, 0.02, 2))
    values = np.stack([number("apistrat", name) for name in names], axis=1)
    result = calibrate(
        base,
        auxiliaries=[Auxiliary(n, v, float(t)) for n, v, t in zip(names, values.T, totals, strict=True)],
        factors=q,
    )
    normal = values.T @ (values * (base * q)[:, None])
    g = 1 + q * (values @ np.linalg.solve(normal, totals - values.T @ base))
    np.testing.assert_allclose(result.weights, base * g, rtol=1e-9)


@pytest.mark.parametrize(("case", "data", "base"), RAKING_CASES)
@settings(deadline=None, max_examples=6)
@given(seed=SEEDS)
def test_rake_cases_by_newton_and_by_proportional_fitting(case, data, base, seed):
    rng = np.random.default_rng(seed)
    given_margins = margins(case)
    total = float(given_margins[0].totals.sum())
    codes = profile(data, given_margins)
    n = codes.shape[0]
    weights = (np.ones(n) if base is None else number(data, base)) * np.exp(rng.normal(0, 0.2, n))
    moved = [disturbed_margin(rng, m.variable, m.categories, m.totals, total) for m in given_margins]
    newton, fitted = (rake(codes, weights, moved, PanelPopulation(total), method=method) for method in Method)
    np.testing.assert_allclose(newton.weights, fitted.weights, rtol=1e-7)


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_poststratify_cases_agree_with_raking_to_one_margin_and_with_the_ratio(seed):
    rng = np.random.default_rng(seed)
    codes, _ = levels("apistrat", "stype")
    base = number("apistrat", "pw") * np.exp(rng.normal(0, 0.2, 200))
    margin = disturbed_margin(rng, "stype", TYPES, [4421.0, 755, 1018], 6194.0)
    result = poststratify(codes, base, margin, PanelPopulation(6194.0))
    ratio = margin.totals / np.bincount(codes, weights=base)
    np.testing.assert_allclose(result.weights, base * ratio[codes], rtol=1e-12)
    raked = rake(codes[:, None], base, [margin], PanelPopulation(6194.0))
    np.testing.assert_allclose(result.weights, raked.weights, rtol=1e-9)
