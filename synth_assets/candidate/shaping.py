"""Rules shape what a generator draws, before rows that still break one are drawn again.

Drawing again alone moves marginals away from the release: if a rule removes three in ten rows, those that are left
have other counts than were measured. So a generator that can is told the rules: which codes cannot be together, and
which rows keep them. Others, and rules of which codes tell nothing, are left to drawing again.

Filters are another thing than rules: real rows keep a rule, so what was measured is true of rows that keep it. Rows
under a condition have other counts than all rows, and are drawn again until they meet it.

Candidates say by which method they were shaped, so that older ones, which were not, are sampled again as they were.
"""

from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.candidate.derive import derive
from synth_assets.candidate.rejection import kept
from synth_assets.contract import DatasetContract
from synth_assets.domain.possible import cell_rules

__all__ = ["keeping_rules"]

Sampling = TypeVar("Sampling")


def keeping_rules(sampler: Sampling, contract: DatasetContract) -> Sampling:
    """Return a sampler whose rows keep the contract's rules as far as it can; any other kind is returned as it is."""
    from synth_assets.generator.abilities import keeping
    from synth_assets.generator.rules import Rules

    domain = getattr(sampler, "domain", None)
    if domain is None:
        return sampler
    rules = contract.rule_expressions()

    def keeps(batch: pa.RecordBatch) -> NDArray[np.bool_]:
        table = derive(pa.Table.from_batches([batch]), contract)
        return np.asarray(kept(table, rules).all(axis=0))

    cells = cell_rules(rules, domain=domain, derived=contract.derivations())
    return keeping(sampler, Rules(cells=cells, kept=keeps))
