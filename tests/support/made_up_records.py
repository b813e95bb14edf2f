"""Records of tests that nobody ran, good ones and failed ones."""

from synth_assets.audit.assurance import LEAK_TEST, MECHANISMS, Record, TestResult, record_path, write_record
from synth_assets.workspace import Workspace

DATE, VERSION = "2026-11-28T11:02:33Z", "0.1.0"
SOUND = TestResult(name="noise", what="made up", measure="p-value", value=0.4, limit=1e-6, alarm="below")
BROKEN = TestResult(
    name="half the noise", what="made up", measure="epsilon", value=2.5, limit=1.7, alarm="above", broken=True
)
FAILED = TestResult(name="noise", what="made up", measure="p-value", value=1e-9, limit=1e-6, alarm="below")
GOOD = {
    MECHANISMS: Record(kind=MECHANISMS, date=DATE, version=VERSION, results=(SOUND, BROKEN), facts={"runs": 10_000}),
    LEAK_TEST: Record(kind=LEAK_TEST, date=DATE, version=VERSION, results=(SOUND,), facts={"dataset": "people"}),
}
BAD = Record(kind=MECHANISMS, date=DATE, version=VERSION, results=(FAILED, BROKEN))


def keep(workspace: Workspace, *records: Record) -> None:
    """Write records as the commands do."""
    for record in records:
        write_record(record, record_path(workspace, record.kind, dataset=str(record.facts.get("dataset", ""))))
