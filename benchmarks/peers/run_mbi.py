"""mbi (private-pgm): the MST mechanism around the library's estimation.

The package has the graphical model and its estimation, but no mechanism: the
choice of pairs and the noise are written here after the paper. The noise is a
continuous Gaussian by NumPy, which is good enough to compare accuracy and not
to protect anybody.

References:
    McKenna, Miklau, Sheldon, "Winning the NIST Contest: A scalable and general
    approach to differentially private synthetic data", 2021, Algorithms 1 to 3.
"""

import itertools
from collections.abc import Sequence

import mbi
import networkx as nx
import numpy as np
import pandas as pd
from task import read_task, rho_of

ITERATIONS = 2_500
Clique = tuple[str, ...]


def measure(
    data: mbi.Dataset, cliques: Sequence[Clique], *, rho: float, random: np.random.Generator
) -> list[mbi.LinearMeasurement]:
    """Count the cliques and add noise that costs ``rho`` together."""
    sigma = np.sqrt(len(cliques) / (2 * rho))
    counts = [np.asarray(data.project(clique).datavector()) for clique in cliques]
    return [
        mbi.LinearMeasurement(count + random.normal(0, sigma, count.size), clique, stddev=sigma)
        for clique, count in zip(cliques, counts, strict=True)
    ]


def spanning_tree(
    data: mbi.Dataset, model: mbi.MarkovRandomField, *, rho: float, random: np.random.Generator
) -> list[Clique]:
    """Choose pairs by the exponential mechanism until they connect all columns (Algorithm 3)."""
    names = data.domain.attributes
    gaps = {
        pair: np.abs(np.asarray(data.project(pair).datavector()) - np.asarray(model.project(pair).datavector())).sum()
        for pair in itertools.combinations(names, 2)
    }
    tree = nx.Graph()
    tree.add_nodes_from(names)
    epsilon = np.sqrt(8 * rho / (len(names) - 1))
    while nx.number_connected_components(tree) > 1:
        open_pairs = [pair for pair in gaps if not nx.has_path(tree, *pair)]
        # The maximum of score plus Gumbel noise is the exponential mechanism.
        scores = [epsilon / 2 * gaps[pair] + random.gumbel() for pair in open_pairs]
        tree.add_edge(*open_pairs[int(np.argmax(scores))])
    return list(tree.edges)


def main() -> None:
    """Spend a third of rho each on columns, choice and pairs."""
    task = read_task()
    sizes, rows, random = task.sizes, task.rows(), np.random.default_rng(task.seed)
    third = rho_of(task.epsilon, task.delta) / 3
    domain = mbi.Domain(list(sizes), list(sizes.values()))
    data = mbi.Dataset({name: rows[name].to_numpy() for name in sizes}, domain)
    columns = measure(data, [(name,) for name in sizes], rho=third, random=random)
    independent = mbi.estimation.MirrorDescent().estimate(domain, columns, iters=ITERATIONS)
    pairs = measure(data, spanning_tree(data, independent, rho=third, random=random), rho=third, random=random)
    model = mbi.estimation.MirrorDescent().estimate(domain, columns + pairs, iters=ITERATIONS)
    sampled = model.synthetic_data().to_dict()
    task.write(pd.DataFrame({name: np.asarray(sampled[name]) for name in sizes}))


if __name__ == "__main__":
    main()
