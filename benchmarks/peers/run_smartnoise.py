"""smartnoise-synth: MST and AIM, the labels of every column given and not learnt from the rows."""

import pandas as pd
from snsynth import Synthesizer
from snsynth.transform import LabelTransformer, TableTransformer
from task import read_task


def main() -> None:
    """Fit a synthesizer on codes and sample as many rows; the library takes their number as public."""
    task = read_task()
    sizes, rows = task.sizes, task.rows()
    # A transformer learns its labels from what it is fitted on: here every code of the public domain.
    codes = range(max(sizes.values()))
    labels = pd.DataFrame({name: [min(code, size - 1) for code in codes] for name, size in sizes.items()})
    transformer = TableTransformer([LabelTransformer(nullable=False) for _ in sizes])
    transformer.fit(labels)
    synthesizer = Synthesizer.create(task.method, epsilon=task.epsilon, delta=task.delta)
    synthesizer.fit(rows[list(sizes)], transformer=transformer, preprocessor_eps=0.0)
    sampled = synthesizer.sample(len(rows))
    task.write(pd.DataFrame(sampled, columns=list(sizes)))


if __name__ == "__main__":
    main()
