"""Verify a bundle offline, claim by claim."""

from synth_assets.audit.verify.judge import verify_bundle

__all__ = ["verify_bundle"]
