"""The generator as an MLflow model: code, weights and contract, and no pickle.

MLflow copies this file into the model and runs it when the model is loaded.
A request is a row with an optional ``where`` condition; ``rows`` and ``seed``
are parameters. The same request gives the same rows, and sampling is free.

Example::

    model = mlflow.pyfunc.load_model("models:/happiness@promoted")
    model.predict(pd.DataFrame({"where": ["female = 1"]}), params={"rows": 500, "seed": 1})
"""

import json
from pathlib import Path
from typing import Any

import mlflow.models
import mlflow.pyfunc
import pandas as pd
import pyarrow as pa

from synth_assets.candidate.derive import derive
from synth_assets.contract import DatasetContract
from synth_assets.generator import Generator, load_generator, parse_condition
from synth_assets.generator.abilities import under

__all__ = ["GeneratorModel"]


class GeneratorModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc,name-defined]  # MLflow's base is untyped
    """Samples rows of the synthetic table, derived columns included."""

    def load_context(self, context: Any) -> None:
        """Read the weights and the contract that MLflow keeps beside this file."""
        self._generator: Generator = load_generator(Path(context.artifacts["generator"]))
        self._contract = DatasetContract.model_validate(json.loads(Path(context.artifacts["contract"]).read_text()))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return ``rows`` sampled rows for each request, one after the other."""
        del context
        asked = params or {}
        rows, seed = int(asked.get("rows", 1000)), int(asked.get("seed", 0))
        requests = model_input["where"].tolist() if "where" in model_input else [None] * max(1, len(model_input))
        tables = [self._sample(rows, seed=seed, shard=shard, where=text) for shard, text in enumerate(requests)]
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return frame

    def _sample(self, rows: int, *, seed: int, shard: int, where: Any) -> pa.Table:
        domain = self._generator.domain
        condition = parse_condition(where, domain=domain) if isinstance(where, str) and where.strip() else None
        batch = under(self._generator, condition).sample(rows, seed=seed, shard=shard)
        return derive(pa.Table.from_batches([batch]).select(domain.names), self._contract)


mlflow.models.set_model(GeneratorModel())
