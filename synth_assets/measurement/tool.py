"""A curator's tool on exact rows: recorded before, run apart, its output in the curator's store alone.

The ledger's entry comes first; without it no row is read. Rows of the contract's columns, at most as many as the
ledger says, are written to this process's scratch folder, and a program of its own environment is started on them.
Once it was started the status is DONE, whatever becomes of it: how it ended may depend on private rows and is
written for the curator. The rows go with the scratch folder.
"""

import os
import shutil
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.candidate import Candidate, load_candidate
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.evaluation.tools.environment import narrow_environment, python_command
from synth_assets.files import sha256_file, write_json
from synth_assets.ledger import CuratorPermit, open_ledger
from synth_assets.measurement.curator import permits_for, rows_for_curator, window_of
from synth_assets.measurement.process import BEFORE_ROWS, begin, failed, status_of
from synth_assets.measurement.tool_output import keep_output
from synth_assets.measurement.tool_process import ToolProcess
from synth_assets.obtain.job import Status, ToolJob
from synth_assets.privacy import MEASURED
from synth_assets.source.values import sampled_values
from synth_assets.workspace import Workspace

__all__ = ["main", "run_tool_job"]

_FOLDER, _HOME, _LOG, _OUTPUT = "tool", "home", "log.txt", "output"
_SYNTHETIC, _TASK, _SCRIPT = "synthetic.parquet", "task.json", "script.py"
_STATEMENT, _FAULT = "CURATOR.json", "fault.txt"
_MOST_OF_LOG = 16 << 20


def main() -> int:
    """Read a job from standard input, do it and return its status."""
    process = ToolProcess()
    job, undisturbed = begin(ToolJob.from_line, before_end=process.end)
    return run_tool_job(job, scratch=Path.cwd(), process=process, undisturbed=undisturbed)


def run_tool_job(job: ToolJob, *, scratch: Path, process: ToolProcess, undisturbed: Lock) -> Status:
    """Record the reading, then write rows, run the tool on them, and take its output into the curator's store.

    Args:
        job: which tool, and on what.
        scratch: a folder of this process in the private zone.
        process: where the tool is started; it ends when this process does.
        undisturbed: a lock, held while rows or output are written, so that nothing is written while this process ends.
    """
    workspace = Workspace(root=job.root)
    try:
        candidate = _check(job, workspace)
        permits = permits_for(job.requests, open_ledger(workspace.ledger_url))
    except BEFORE_ROWS as error:
        return status_of(error)
    if permits is None:
        return Status.SOURCE_UNREACHABLE
    try:
        tables = _tables(job, candidate, permits, scratch=scratch)
        with undisturbed:
            _start(job, tables, scratch=scratch, process=process)
    except BaseException:  # noqa: BLE001 - the error may depend on private rows, so all errors have one status
        return failed()
    del tables
    code = process.wait(seconds=60.0 * job.minutes)
    with undisturbed:
        _keep(job, code, scratch=scratch, folder=workspace.curator / job.path)
    return Status.DONE


def _check(job: ToolJob, workspace: Workspace) -> Candidate:
    """Refuse a job that does something else than the ledger would record, before it is recorded.

    Raises:
        UsageError: says so.
    """
    first = job.requests[0]
    said = {(request.tool, request.rows, request.candidate, request.dataset) for request in job.requests}
    if len(said) != 1 or first.tool is None or not first.tool.endswith(f"@{job.digest[:12]}"):
        raise UsageError("the tool is not the one that would be recorded", hint="use synth-assets curate")
    if sha256_file(job.script) != job.digest:
        raise UsageError("the tool's script was changed while it was asked for", hint="ask again")
    try:
        return load_candidate(workspace.candidates(first.dataset) / first.candidate)
    except IntegrityError as error:
        raise UsageError("the candidate cannot be read", hint="sample it again; it is free") from error


def _tables(
    job: ToolJob, candidate: Candidate, permits: Sequence[CuratorPermit], *, scratch: Path
) -> dict[str, pa.Table]:
    """Return the tables by the names of their files; real rows are of the permits' parts and window alone."""
    domain = Domain.from_json(job.domain)
    tables = {_SYNTHETIC: _synthetic(candidate, domain, most=job.rows, seed=job.task["seed"])}
    for permit in permits:
        unit = permit.source.unit
        tables[f"{permit.part or MEASURED}.parquet"] = sampled_values(
            rows_for_curator(permit, domain.names, unit=unit),
            domain=domain,
            unit=unit,
            most=job.rows,
            scratch=scratch,
            window=window_of(permit),
        )
    return tables


def _synthetic(candidate: Candidate, domain: Domain, *, most: int, seed: int) -> pa.Table:
    """Return some rows of a candidate, drawn uniformly and in its order, with the domain's columns and types."""
    random = np.random.default_rng(seed)
    chosen = np.sort(random.choice(candidate.rows, size=min(most, candidate.rows), replace=False))
    parts, start = [domain.arrow_schema().empty_table()], 0
    for batch in candidate.batches(columns=domain.names):
        inside = chosen[(chosen >= start) & (chosen < start + batch.num_rows)] - start
        parts.append(batch.select(list(domain.names)).take(inside).cast(domain.arrow_schema()))
        start += batch.num_rows
    return pa.concat_tables(parts)


def _start(job: ToolJob, tables: dict[str, pa.Table], *, scratch: Path, process: ToolProcess) -> None:
    folder, home = scratch / _FOLDER, scratch / _HOME
    for made in (folder, home, folder / _OUTPUT):
        made.mkdir(mode=0o700)
    for name, table in tables.items():
        pq.write_table(table, folder / name)
    write_json(folder / _TASK, job.task)
    script = shutil.copyfile(job.script, scratch / _SCRIPT)
    if sha256_file(script) != job.digest:
        raise UsageError("the tool's script was changed after it was recorded", hint="ask again")
    command = [*python_command(job.python), str(script), str(folder)]
    process.start(command, environment=narrow_environment(home), folder=folder, log=scratch / _LOG)


def _keep(job: ToolJob, code: int | None, *, scratch: Path, folder: Path) -> None:
    """Write one folder for its owner alone; this process creates files and folders so (see ``begin``)."""
    try:
        folder.mkdir(parents=True)
        _keep_log(scratch / _LOG, folder / _LOG)
        kept = keep_output(scratch / _FOLDER, name=_OUTPUT, target=folder)
        statement = {
            "warning": job.task["warning"],
            "requests": [asdict(request) for request in job.requests],
            "tool": {"name": job.requests[0].tool, "sha256": job.digest, "python": str(job.python)},
            "exit_code": code,
            "ended_after_minutes": job.minutes if code is None else None,
            "files": kept.files,
            "left_out": kept.left_out,
        }
        write_json(folder / _STATEMENT, statement)
    except BaseException:  # noqa: BLE001 - what a tool leaves behind may depend on private rows: no status tells of it
        with suppress(OSError):
            (folder / _FAULT).write_text(traceback.format_exc(), encoding="utf-8")


def _keep_log(log: Path, target: Path) -> None:
    with log.open("rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - _MOST_OF_LOG))
        target.write_bytes(stream.read(_MOST_OF_LOG))
