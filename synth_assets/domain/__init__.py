"""Columns as small integer codes, what may be said about them, and how values become codes and come back.

Public: a domain comes from the contract and from paid answers, never from private rows.
"""

from synth_assets.domain.column import NEW_ROUNDS, NEWEST_LAYOUT, TAILS_AND_ORDERS, Column, Domain
from synth_assets.domain.kinds.number import FINEST

__all__ = ["FINEST", "NEWEST_LAYOUT", "NEW_ROUNDS", "TAILS_AND_ORDERS", "Column", "Domain"]
