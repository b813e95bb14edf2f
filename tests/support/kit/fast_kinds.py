"""Options with which each kind of generator is fitted in tests: small where the defaults take long."""

from typing import Any

__all__ = ["FAST"]

FAST: dict[str, dict[str, Any]] = {
    "gan": {"networks": 2, "steps": 30},
    "vae": {"steps": 30},
    "transformer": {"steps": 50},
    "diffusion": {"steps": 50},
    "simulator": {"simulator": "incomes", "hybrid": True},
    "ensemble": {"members": ["mixture", {"kind": "toy", "least": 1.0}]},
}
