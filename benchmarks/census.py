"""Adult as it was published, declared by bounds alone: values, not codes.

Categories are those of the published description (``adult.names``); numbers have
round bounds, as someone would declare them who has not seen the rows.

References:
    Becker and Kohavi, "Adult", UCI Machine Learning Repository, 1996.
"""

from pathlib import Path
from typing import Any

import pandas as pd
from cases import Case, number_rows, split_rows, text_rows
from scores import quantile_codes, read_text, target_auc, workload_errors

__all__ = ["adult_bounds"]

INCOME = "income"
NUMBERS = {
    "age": (17, 100),
    "fnlwgt": (0, 2_000_000),
    "education_num": (1, 16),
    "capital_gain": (0, 100_000),
    "capital_loss": (0, 10_000),
    "hours_per_week": (1, 99),
}
CATEGORIES = {
    "workclass": "Private, Self-emp-not-inc, Self-emp-inc, Federal-gov, Local-gov, State-gov, Without-pay, "
    "Never-worked",
    "education": "Bachelors, Some-college, 11th, HS-grad, Prof-school, Assoc-acdm, Assoc-voc, 9th, 7th-8th, 12th, "
    "Masters, 1st-4th, 10th, Doctorate, 5th-6th, Preschool",
    "marital_status": "Married-civ-spouse, Divorced, Never-married, Separated, Widowed, Married-spouse-absent, "
    "Married-AF-spouse",
    "occupation": "Tech-support, Craft-repair, Other-service, Sales, Exec-managerial, Prof-specialty, "
    "Handlers-cleaners, Machine-op-inspct, Adm-clerical, Farming-fishing, Transport-moving, Priv-house-serv, "
    "Protective-serv, Armed-Forces",
    "relationship": "Wife, Own-child, Husband, Not-in-family, Other-relative, Unmarried",
    "race": "White, Asian-Pac-Islander, Amer-Indian-Eskimo, Other, Black",
    "sex": "Female, Male",
    "native_country": "United-States, Cambodia, England, Puerto-Rico, Canada, Germany, Outlying-US(Guam-USVI-etc), "
    "India, Japan, Greece, South, China, Cuba, Iran, Honduras, Philippines, Italy, Poland, Jamaica, Vietnam, Mexico, "
    "Portugal, Ireland, France, Dominican-Republic, Laos, Ecuador, Taiwan, Haiti, Columbia, Hungary, Guatemala, "
    "Nicaragua, Scotland, Thailand, Yugoslavia, El-Salvador, Trinadad&Tobago, Peru, Hong, Holand-Netherlands",
    INCOME: "<=50K, >50K",
}
NULLABLE = {"workclass", "occupation", "native_country"}


def adult_bounds(data: Path) -> Case:
    """Load ``adult/adult.csv.gz``: 15 columns as published, nine tenths of the rows; delta 1e-9."""
    rows = read_text(data / "adult" / "adult.csv.gz").rename(columns=lambda name: str(name).replace("-", "_"))
    train, holdout = split_rows(rows.apply(lambda column: column.str.strip()).replace("?", "N"))
    keys = {"columns": {str(name): _column(str(name)) for name in rows}, "target": INCOME}
    case = Case(name="adult_bounds", delta=1e-9, real=train, keys=keys, score=lambda _: {})
    domain = case.contract(1.0).domain()
    real, held_out = (number_rows(domain, text_rows(table)) for table in (train, holdout))
    coded = quantile_codes(real, real)

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        numbers = number_rows(domain, synthetic)
        return workload_errors(coded, quantile_codes(real, numbers)) | target_auc(numbers, held_out, INCOME)

    return Case(name=case.name, delta=case.delta, real=train, keys=keys, score=score)


def _column(name: str) -> dict[str, Any]:
    if name in NUMBERS:
        return {"type": "integer", "min": NUMBERS[name][0], "max": NUMBERS[name][1]}
    column: dict[str, Any] = {"type": "categorical", "categories": CATEGORIES[name].split(", ")}
    return column | ({"nullable": True, "null_tokens": ["N"]} if name in NULLABLE else {})
