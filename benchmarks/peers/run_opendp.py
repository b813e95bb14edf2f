"""opendp.mbi: AIM and MST, every column's codes declared as public keys."""

import opendp.prelude as dp
import polars as pl
from task import read_task, rho_of


def main() -> None:
    """Release a contingency table and draw rows from it."""
    task = read_task()
    dp.enable_features("contrib")
    rho, sizes = rho_of(task.epsilon, task.delta), task.sizes
    context = dp.Context.compositor(
        data=pl.scan_csv(task.folder / "coded.csv"),
        privacy_unit=dp.unit_of(contributions=1),
        privacy_loss=dp.loss_of(rho=rho),
    )
    algorithm = {"aim": dp.mbi.AIM(queries=2), "mst": dp.mbi.MST()}[task.method]
    keys = {name: list(range(size)) for name, size in sizes.items()}
    table = context.query(rho=rho).contingency_table(keys=keys, algorithm=algorithm).release()
    # The library adds a null to every column's keys; no row has one.
    task.write(table.synthesize().to_pandas().fillna(0))


if __name__ == "__main__":
    main()
