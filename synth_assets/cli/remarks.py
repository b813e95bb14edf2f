"""All that can be said of a contract before it is paid: faults and warnings, by itself and by the ledger."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from synth_assets.cli.contracts import from_here
from synth_assets.contract import DatasetContract
from synth_assets.contract.documents import contract_file, contract_text, has_partitions, name_in, others_named
from synth_assets.contract.partitions import alike
from synth_assets.contract.yaml_file import ContractFault, fault_at, faults_of, read_whole
from synth_assets.errors import UsageError
from synth_assets.evaluation.asked import gate_faults
from synth_assets.evaluation.optimistic import vague_gates
from synth_assets.ledger import Ledger
from synth_assets.obtain.on_expressions import remarks_on_expressions
from synth_assets.obtain.paid import paid_before, release_plan
from synth_assets.obtain.preflight import remarks_on_account, remarks_on_source
from synth_assets.obtain.remark import Remark

__all__ = ["remarks_of_file", "remarks_on"]


def remarks_of_file(file: Path, ledger: Ledger | None, *, root: Path) -> list[ContractFault]:
    """Return what is wrong or odd about one contract of the project in ``root``, in the order of its lines."""
    faults = list(faults_of(contract_text(file), str(contract_file(file)), folder=file.parent))
    if any(not fault.where for fault in faults):  # the file as a whole cannot be read
        return faults
    placed = [
        fault_at(
            file,
            remark.where,
            message=remark.message,
            hint=remark.hint,
            severity="fault" if remark.refused else "warning",
        )
        for remark in (*_on_name(file, root), *(() if faults else remarks_on(*_registered(file, ledger))))
    ]
    return sorted([*faults, *placed], key=lambda fault: (fault.line, fault.column))


def _on_name(file: Path, root: Path) -> Iterator[Remark]:
    """Say that another dataset of the project has the same name."""
    name = name_in(contract_text(file))
    if others := others_named(name, file, root) if name else ():
        files = " and ".join(str(from_here(other)) for other in others)
        message = f"{files} has the name {name!r} too, and would share its suite, folders and assets"
        yield Remark(where=("name",), refused=True, message=message, hint="give each dataset a name of its own")
    for other in alike(name, file, root) if name else ():
        message = f"{name!r} and {other!r} begin alike and one of them has partitions, whose names begin so, too"
        yield Remark(where=("name",), refused=True, message=message, hint="give one of them another name")


def _registered(file: Path, ledger: Ledger | None) -> tuple[DatasetContract, Ledger | None]:
    """Return what is held against the ledger: of a contract with partitions, the one that was registered last."""
    contract, partition = read_whole(file)
    if partition is not None:
        return contract.of_partition(partition), ledger
    if ledger is None or not has_partitions(file):
        return contract, ledger
    begin = f"{contract.source}_"
    parts = [source.name.removeprefix(begin) for source in ledger.sources() if source.name.startswith(begin)]
    return (contract.of_partition(parts[-1]), ledger) if parts else (contract, None)


def remarks_on(dataset_contract: DatasetContract, ledger: Ledger | None) -> list[Remark]:
    """Return all that can be said of a contract before it is paid, by itself and by the ledger where there is one."""
    scenarios = _scenario_faults(dataset_contract) if dataset_contract.scenarios else ()
    odd = _columns_faults(dataset_contract)
    faults = (*gate_faults(dataset_contract), *vague_gates(dataset_contract), *scenarios, *odd)
    refused = [Remark(where=where, refused=True, message=message, hint=hint) for where, message, hint in faults]
    planned = not dataset_contract.gates or dataset_contract.evaluation.population is not None
    unplanned = () if planned else _on_unplanned(dataset_contract, ledger)
    on_ledger = _on_ledger(dataset_contract, ledger) if ledger is not None else ()
    return [*remarks_on_expressions(dataset_contract), *refused, *unplanned, *on_ledger]


def _scenario_faults(dataset_contract: DatasetContract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    from synth_assets.candidate import scenario_faults

    return scenario_faults(dataset_contract)


def _columns_faults(dataset_contract: DatasetContract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Say which columns the contract's kind of generator cannot make."""
    from synth_assets.generator.kinds import refuse_domain

    try:
        refuse_domain(dataset_contract.generator, dataset_contract.known_domain())
    except UsageError as error:
        yield ("generator",), error.message, error.hint


def _on_unplanned(dataset_contract: DatasetContract, ledger: Ledger | None) -> Iterator[Remark]:
    """Say that nobody knows yet whether gates can tell: neither a release nor the contract says how many rows."""
    with suppress(UsageError):  # an unknown source is reported by itself
        if ledger is not None:
            source = ledger.source(dataset_contract.source)
            if paid_before(ledger, source, release_plan(ledger, source, dataset_contract)):
                return
    yield Remark(
        where=("gates",),
        refused=False,
        message="nothing says how many rows there are, so not whether these gates can tell good from bad",
        hint="write about how many as `evaluation: {population: ...}`; after a release, its noisy count is used",
    )


def _on_ledger(dataset_contract: DatasetContract, ledger: Ledger) -> Iterator[Remark]:
    """Yield what the registered source, its account and the price of thresholds say about a contract."""
    try:
        source = ledger.source(dataset_contract.source)
    except UsageError as error:
        yield Remark(where=("source",), refused=True, message=error.message, hint=error.hint)
        return
    yield from remarks_on_source(source, dataset_contract)
    yield from remarks_on_account(ledger, source, dataset_contract)
    if dataset_contract.discovered_columns:
        from synth_assets.strategy.categories import noise_of_discovery

        try:
            noise_of_discovery(dataset_contract, dataset_contract.release_loss())
        except UsageError as error:
            yield Remark(where=("privacy", "spend"), refused=True, message=error.message, hint=error.hint)
