"""All kinds of generated checks, in the order in which a reviewer reads a suite.

Example:
    >>> KINDS["expect_candidate_rule_to_hold"].claim
    'rules'
"""

from collections.abc import Mapping

from synth_assets.checks.kinds.condition import CONDITION
from synth_assets.checks.kinds.domain import DOMAIN
from synth_assets.checks.kinds.drift import DRIFT
from synth_assets.checks.kinds.fidelity import FIDELITY
from synth_assets.checks.kinds.gates import GATES
from synth_assets.checks.kinds.kind import SCENARIOS, CheckKind
from synth_assets.checks.kinds.label_rates import LABEL_RATES
from synth_assets.checks.kinds.nulls import NULLS
from synth_assets.checks.kinds.outliers import OUTLIERS
from synth_assets.checks.kinds.realism import REALISM
from synth_assets.checks.kinds.relationships import RELATIONSHIPS
from synth_assets.checks.kinds.repeated_rows import REPEATED_ROWS
from synth_assets.checks.kinds.row_count import ROW_COUNT
from synth_assets.checks.kinds.rules import RULES
from synth_assets.checks.kinds.schema import SCHEMA
from synth_assets.checks.kinds.shares import SHARES
from synth_assets.checks.kinds.unique import UNIQUE

__all__ = ["CLAIMS", "KINDS"]

_ALL = (
    SCHEMA,
    ROW_COUNT,
    DOMAIN,
    NULLS,
    RULES,
    FIDELITY,
    REALISM,
    DRIFT,
    OUTLIERS,
    REPEATED_ROWS,
    UNIQUE,
    RELATIONSHIPS,
    GATES,
    CONDITION,
    SHARES,
    LABEL_RATES,
)

KINDS: Mapping[str, CheckKind] = {kind.type: kind for kind in _ALL}
"""The kinds by the type of their expectation; a new one is a module and a name in the list above."""
CLAIMS = tuple(dict.fromkeys(kind.claim for kind in _ALL if kind.claim != SCENARIOS))
"""What an audit claims of the checks of the whole table, one claim per line."""
