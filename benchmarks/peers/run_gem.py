"""GEM from its authors' source, github.com/terranceliu/dp-query-release: a network fitted to pairs that it chooses.

The source is on no package index: a person clones it, and installs the clone (``pip install -e``), torch, pandas,
scikit-learn, scipy and tqdm in an environment of their own. It was written for torch 1.12 and NumPy 1; all that has to
be given back to it is a name that NumPy 2 took away. Its options are those of its script for Adult, with pairs for
triples, and with 30 rounds for 50 and 200 points for 1,000, with which it would take hours on one core; ``pairs-fast``
learns ten times as fast. It takes the number of rows as public, and its noise, for one row that is replaced, is of
floats.

References:
    Liu, Vietri, Wu (2021), "Iterative Methods for Private Synthetic Data: Unifying Framework and New Methods".
"""

from itertools import combinations

import numpy as np

np.infty = np.inf  # type: ignore[attr-defined] # noqa: NPY201 - before the source is imported

from src.algo import IterAlgoGEM  # noqa: E402
from src.qm import KWayMarginalQM, KWayMarginalQMTorch  # noqa: E402
from src.syndata import NeuralNetworkGenerator  # noqa: E402
from src.utils import Dataset, Domain, get_per_round_budget_zCDP  # noqa: E402
from task import read_task  # noqa: E402

ROUNDS, SHARE = 30, 0.5
"""Pairs that are measured, at most, and the share of each round's budget that chooses."""
RATES = {"pairs": 1e-4, "pairs-fast": 1e-3}
POINTS, LATENT, UNITS, STEPS, MOST = 200, 256, 256, 100, 10_000


def main() -> None:
    """Choose and measure pairs round by round, fit, and draw rows."""
    import torch

    task = read_task()
    sizes, rows = task.sizes, task.rows()
    data = Dataset(rows, Domain(list(sizes), list(sizes.values())))
    pairs = list(combinations(sizes, 2))
    rounds = min(ROUNDS, len(pairs))
    queries = KWayMarginalQMTorch(data, pairs)
    exact = KWayMarginalQM.get_answers(queries, data, density=False) / len(rows)
    each, _ = get_per_round_budget_zCDP(task.epsilon, task.delta, rounds, alpha=SHARE)
    network = NeuralNetworkGenerator(
        queries, K=POINTS, device=torch.device("cpu"), init_seed=task.seed, embedding_dim=LATENT, gen_dims=[UNITS] * 2
    )
    algorithm = IterAlgoGEM(
        *(network, rounds, each),
        alpha=SHARE,
        default_dir=str(task.folder / "network"),
        seed=task.seed,
        loss_p=2,
        lr=RATES[task.method],
        max_idxs=MOST,
        max_iters=STEPS,
        ema_weights=False,
        eta_min=None,
    )
    algorithm.fit(torch.tensor(exact, dtype=torch.float))
    task.write(network.get_syndata(len(rows)).df)


if __name__ == "__main__":
    main()
