"""A made-up table with all that gives synthetic numbers away, for a machine without any data.

Accounts with exact zeros, caps and missing values, amounts that people rounded,
heavy tails, rates of four digits, a bill and the bill before it, orders between
columns (``paid <= last_balance``, ``exit_rate <= bounce_rate``), and groups whose
numbers differ (pensioners are old).
"""

from typing import Any

import numpy as np
import pandas as pd
from cases import Case, number_rows, text_rows
from numpy.typing import NDArray
from scores import quantile_codes, workload_errors

__all__ = ["RULES", "made_up", "made_up_digits", "make_accounts"]

Floats = NDArray[np.float64]

ROWS = 20_000
CAP = 1_000_000
REGIONS = ("north", "east", "south", "west", "islands", "abroad")
SEGMENTS = ("student", "worker", "self-employed", "pensioner")
RULES = {
    "paid_within": "paid <= last_balance",
    "within_limit": "balance <= credit_limit",
    "exits": "exit_rate <= bounce_rate",
    "no_balance": "(months_late = -1) = (last_balance = 0)",
    "on_time": "NOT (paid * 10 > last_balance AND last_balance > 0) OR months_late = 0",
    "pensioner": "segment <> 'pensioner' OR age > 66",
    "student": "segment <> 'student' OR age < 27",
}
"""What all of these accounts keep; no contract here says so, but ``rules.py``."""
STEPS = (1, 10, 50, 100, 500, 1000)


def make_accounts(*, rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Make accounts, one per row; the same rows and seed give the same table."""
    random = np.random.default_rng(seed)
    age = np.clip(np.where(random.random(rows) < 0.8, random.normal(42, 13, rows), random.normal(72, 7, rows)), 18, 100)
    age = np.floor(age)
    segment = _segments(age, random)
    level = np.array([6.5, 8.6, 9.4, 8.0])[segment] + random.normal(0, 0.6, rows)
    limit = np.clip(np.round(np.exp(level + 2 + random.normal(0, 0.5, rows)) / 10_000), 1, 100) * 10_000
    last = _amounts(level, random, zeros=0.4)
    balance = np.where(random.random(rows) < 0.75, last * random.uniform(0.8, 1.15, rows), _amounts(level, random))
    balance = np.where((last == 0) & (random.random(rows) < 0.9), 0, np.minimum(_rounded(balance, random), limit))
    paid = np.select(
        [random.random(rows) < 0.25, random.random(rows) < 0.3], [last, np.zeros(rows)], last * random.beta(1, 6, rows)
    )
    paid = np.minimum(_rounded(paid, random), last)
    bounce = np.where(random.random(rows) < 0.15, 0, random.beta(1.2, 12, rows)).round(4)
    leaving = np.where(random.random(rows) < 0.2, bounce, bounce * random.beta(4, 2, rows)).round(4)
    income = np.where(random.random(rows) < 0.2, np.nan, _rounded(np.exp(level + 1.5), random))
    return pd.DataFrame(
        {
            "region": np.array(REGIONS)[random.choice(len(REGIONS), rows, p=[0.4, 0.2, 0.18, 0.15, 0.05, 0.02])],
            "segment": np.array(SEGMENTS)[segment],
            "age": age.astype(int),
            "income": pd.array(income, dtype="Int64"),
            "credit_limit": limit.astype(int),
            "last_balance": last.astype(int),
            "balance": balance.astype(int),
            "paid": paid.astype(int),
            "months_late": _late(last, paid, random).astype(int),
            "bounce_rate": bounce,
            "exit_rate": np.minimum(leaving, bounce),
        }
    )


def _segments(age: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    chance = random.random(age.size)
    working = np.where(chance < 0.15, 2, 1)
    return np.select([(age < 27) & (chance < 0.6), (age > 66) & (chance < 0.93)], [0, 3], working)


def _amounts(level: Floats, random: np.random.Generator, *, zeros: float = 0.0) -> Floats:
    """Draw rounded amounts with a heavy tail and a cap, of which a share is zero."""
    drawn = _rounded(np.minimum(np.exp(level + 1.1 * random.standard_t(8, level.size)), CAP), random)
    return np.where(random.random(level.size) < zeros, 0, drawn)


def _rounded(amounts: Floats, random: np.random.Generator) -> Floats:
    """Round as people do, to a step that is small beside the amount."""
    steps = np.array(STEPS)[random.choice(len(STEPS), amounts.size, p=[0.35, 0.15, 0.05, 0.2, 0.1, 0.15])]
    steps = np.where(steps * 5 > amounts, 1, steps)
    return np.asarray(np.round(amounts / steps) * steps)


def _late(last: Floats, paid: Floats, random: np.random.Generator) -> Floats:
    """Return months of delay: -1 without a balance, 0 when much was paid, more when little was."""
    share = np.divide(paid, last, out=np.ones_like(last), where=last > 0)
    return np.where(last == 0, -1, np.where(share > 0.1, 0, random.geometric(0.55, last.size).clip(max=8)))


def made_up(_: Any = None) -> Case:
    """Return 20,000 such accounts, declared by bounds alone; delta 1e-6; scored on 20 quantiles."""
    return _accounts("made_up", rate={})


def made_up_digits(_: Any = None) -> Case:
    """Return the same accounts, whose rates are declared with their four digits."""
    return _accounts("made_up_digits", rate={"decimals": 4})


def _accounts(name: str, *, rate: dict[str, Any]) -> Case:
    rows = make_accounts()
    amount = {"type": "integer", "min": 0, "max": 2 * CAP}
    columns: dict[str, Any] = {
        "region": {"type": "categorical", "categories": list(REGIONS)},
        "segment": {"type": "categorical", "categories": list(SEGMENTS)},
        "age": {"type": "integer", "min": 18, "max": 110},
        "income": {**amount, "nullable": True, "null_tokens": ["N"]},
        "credit_limit": amount,
        "last_balance": amount,
        "balance": amount,
        "paid": amount,
        "months_late": {"type": "integer", "min": -1, "max": 12},
        "bounce_rate": {"type": "float", "min": 0.0, "max": 1.0, **rate},
        "exit_rate": {"type": "float", "min": 0.0, "max": 1.0, **rate},
    }
    case = Case(name=name, delta=1e-6, real=rows, keys={"columns": columns}, score=lambda _: {})
    domain = case.contract(1.0).domain()
    real = number_rows(domain, text_rows(rows))
    coded = quantile_codes(real, real)

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        return workload_errors(coded, quantile_codes(real, number_rows(domain, synthetic)))

    return Case(name=case.name, delta=case.delta, real=rows, keys={"columns": columns}, score=score)
