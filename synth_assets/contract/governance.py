"""What a data protection officer asks of a processing that a contract cannot compute: free texts, shown in the report.

None of it decides a release. What is not stated is shown as such.
"""

from pydantic import Field

from synth_assets.contract.declared import Part, Words

__all__ = ["Governance"]


class Governance(Part):
    """Who answers for the processing, on what legal basis, for how long, and who approved it."""

    controller: Words = Field(
        default="", description="Who decides about purposes and means, with an address.", examples=["Clinic, 1 Road"]
    )
    legal_basis: Words = Field(
        default="",
        description="The law or consent that allows this use.",
        examples=["GDPR Art. 6(1)(e), Art. 89"],
    )
    retention: Words = Field(
        default="", description="How long the private table and this one are kept.", examples=["ten years"]
    )
    approvals: tuple[Words, ...] = Field(
        default=(),
        strict=False,
        description="Who approved it, in what role and when, one per line.",
        examples=[["A. Example, data protection officer, 2026-11-02"]],
    )
