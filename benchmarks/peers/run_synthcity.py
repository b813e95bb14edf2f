"""synthcity: its private GAN, on codes; the library has no private VAE.

Its encoder and the frequencies of its conditions are made from the rows outside of the loss, so a private table would
be no better than its figures. Stopping early looks at real rows too, so epochs are too few for it to happen.
"""

import pandas as pd
from synthcity.plugins import Plugins
from synthcity.plugins.core.dataloader import GenericDataLoader
from task import read_task

EPOCHS, UNITS, BATCH = 10, 100, 500
"""Of 2,000 epochs, 500 units and 200 rows, with which an epoch takes minutes; noise is calibrated for these."""


def main() -> None:
    """Fit one plugin and draw as many rows."""
    task = read_task()
    sizes, rows = task.sizes, task.rows()
    plugin = Plugins().get(
        task.method,
        n_iter=EPOCHS,
        generator_n_units_hidden=UNITS,
        discriminator_n_units_hidden=UNITS,
        batch_size=BATCH,
        epsilon=task.epsilon,
        delta=task.delta,
        random_state=task.seed,
    )
    plugin.fit(GenericDataLoader(rows[list(sizes)]))
    drawn = plugin.generate(count=len(rows), random_state=task.seed).dataframe()
    task.write(pd.DataFrame({name: drawn[name].round().clip(0, size - 1) for name, size in sizes.items()}))


if __name__ == "__main__":
    main()
