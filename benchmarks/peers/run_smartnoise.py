"""smartnoise-synth: MST, AIM and a private GAN, the labels of every column given and not learnt from the rows.

The GAN's conditions are drawn by frequencies that the library counts in the rows outside of the loss.
"""

from typing import Any

import pandas as pd
from snsynth import Synthesizer
from snsynth.transform import ChainTransformer, LabelTransformer, OneHotEncoder, TableTransformer
from task import read_task

NETWORKS: dict[str, dict[str, Any]] = {"dpctgan": {"discriminator_dim": (64, 64), "sigma": 2.0}}
"""Options: with its own 256 units and noise of 5 an epoch takes minutes, and there are many."""


def main() -> None:
    """Fit a synthesizer on codes and sample as many rows; the library takes their number as public."""
    task = read_task()
    sizes, rows = task.sizes, task.rows()
    # A transformer learns its labels from what it is fitted on: here every code of the public domain.
    codes = range(max(sizes.values()))
    labels = pd.DataFrame({name: [min(code, size - 1) for code in codes] for name, size in sizes.items()})
    transformer = TableTransformer([_transformer(task.method) for _ in sizes])
    transformer.fit(labels)
    options = NETWORKS.get(task.method, {})
    synthesizer = Synthesizer.create(task.method, epsilon=task.epsilon, delta=task.delta, **options)
    synthesizer.fit(rows[list(sizes)], transformer=transformer, preprocessor_eps=0.0)
    sampled = synthesizer.sample(len(rows))
    task.write(pd.DataFrame(sampled, columns=list(sizes)))


def _transformer(method: str) -> LabelTransformer | ChainTransformer:
    label = LabelTransformer(nullable=False)
    return ChainTransformer([label, OneHotEncoder()]) if method in NETWORKS else label


if __name__ == "__main__":
    main()
