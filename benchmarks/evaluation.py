"""How near measured figures are to the exact ones: Adult with a tenth of the people held out.

    python benchmarks/evaluation.py --data DATA --releases 3 --json evaluation.json

For each release: nine tenths of the people are measured for real, a generator is fitted, a candidate drawn, and each
metric poses its questions as the product does. The script owns the rows, so it counts the exact answers of the
people whom the ledger's split holds out. Then OpenDP's noise is drawn many times, each time as if the figure
were all that is asked of its part, with the scale that the product takes, and the product's function makes the figure.

*Within* is the share of draws within ``--within`` of the exact figure, *held* that of 95% intervals that hold it. The
exact area is that of unbinned scores on held-out people; of other figures it is the figure of exact answers.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import Case, adult_table, code_rows
from split import kernel_of, people, split_contract, split_key
from whole_run import synthesize

from synth_assets.candidate import load_candidate
from synth_assets.contract import DatasetContract
from synth_assets.evaluation.asked import parts_of
from synth_assets.evaluation.estimate.ranking import area_of_table
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Answers, Asked, Posed
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.evaluation.metrics.usefulness import scores_axis
from synth_assets.evaluation.planned import EXACT_SCALE, answer_to
from synth_assets.measurement.noise import draw_counts
from synth_assets.privacy import HELD_OUT
from synth_assets.release import load_release
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.parts import held_out
from synth_assets.source.queries import exact_values
from synth_assets.workspace import Workspace

HOLDOUT, DELTA = 0.1, 1e-6
BETA = 0.025
_MARGIN = 1 - 2.0**-40
TWENTY = "area of 20 bins"
FIGURES = (
    *("tstr_auc", "tstr_accuracy", "tstr_brier", "tstr_calibration"),
    *("fairness.sex.demographic_parity", "fairness.sex.equalized_odds", "fairness.race.demographic_parity"),
    *("workload_error", "workload_error.triples", "wasserstein.age", "jensen_shannon.occupation"),
    *("attribute_inference.marital_status", "membership", "nearest"),
)
_HEADER = ("figure", "parts", "exact", "within", "mean error", "deviation", "as planned", "held", "low", "high")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A candidate with the exact counts behind it.

    Attributes:
        contract: of its release.
        ground: the public facts about it.
        kernels: what counts the rows of each part.
        area: exact area under the curve of unbinned scores on held-out people.
        held: number of held-out people.
    """

    contract: DatasetContract
    ground: Ground
    kernels: Mapping[str | None, LocalKernel]
    area: float
    held: int


def make_subject(case: Case, folder: Path, *, epsilon: float, seed: int) -> Subject:
    """Release nine tenths of the people for real below ``folder``, and draw a candidate."""
    contract = split_contract(case, epsilon=epsilon, holdout=HOLDOUT, privacy={"evaluation_share": 0.1})
    rows = people(case.real)
    rows.to_csv(folder / "real.csv", index=False)
    (folder / "contract.json").write_text(contract.model_dump_json())
    synthesize(folder, seed=seed)
    workspace = Workspace(root=folder)
    (path,) = workspace.candidates(contract.name).iterdir()
    candidate = load_candidate(path)
    ground = Ground(contract, load_release(workspace.releases / candidate.release), candidate)
    key = split_key(Path(str(workspace.ledger_url).removeprefix("sqlite:///")), share=HOLDOUT)
    parts = ("measured", HELD_OUT)
    kernels = {part: kernel_of(rows, contract, key=key, part=part, scratch=folder) for part in parts}
    chosen = rows[held_out([b"%d" % person for person in rows["person"]], key)]
    return Subject(contract=contract, ground=ground, kernels=kernels, area=exact_area(ground, chosen), held=len(chosen))


def exact_area(ground: Ground, rows: pd.DataFrame) -> float:
    """Return the area under the curve of the model's scores on some rows."""
    from sklearn.metrics import roc_auc_score

    coded = code_rows(ground.domain, rows)
    codes = [coded[name].to_numpy() for name in ground.domain.names]
    scores = ground.scorer(ground.label).score(codes, ground.domain)[:, 1]
    return float(roc_auc_score(ground.label.places(codes, ground.domain), scores))


def twenty_bins(subject: Subject) -> tuple[Asked, Callable[[Answers], Figure]]:
    """Return the question of a plain table of label by 20 bins of the score, and its area."""
    ground = subject.ground
    scores = ground.scorer(ground.label).score(ground.other_rows, ground.domain)[:, 1]
    edges = tuple(float(edge) for edge in np.unique(np.quantile(scores, np.arange(1, 20) / 20)))
    axes = (ground.label, scores_axis(ground, edges))
    query = TallyQuery(name=TWENTY, axes=axes, weights=None, domain=ground.domain)

    def figure(answers: Answers) -> Figure:
        answer = answers[HELD_OUT, TWENTY]
        return area_of_table(answer.values, scale=answer.scale, beta=BETA)

    return Asked(questions=(Posed(part=HELD_OUT, query=query),), facts={}), figure


def questions(name: str, subject: Subject) -> tuple[Asked, Callable[[Answers], Figure]]:
    """Return what the product asks for a figure, and what makes the figure of the answers."""
    if name == TWENTY:
        return twenty_bins(subject)
    metric, arguments = parse(name)
    asked = metric.ask(arguments, subject.ground, parts_of(metric, subject.contract))
    return asked, lambda answers: metric.figure(arguments, asked.facts, answers, beta=BETA)


def measure(name: str, subject: Subject, *, draws: int, within: float) -> dict[str, Any]:
    """Draw a figure many times as its part's only question; return how near it is to the exact one."""
    asked, figure = questions(name, subject)
    exact = [exact_values([posed.query], subject.kernels[posed.part])[0] for posed in asked.questions]
    noises = [
        posed.query.noise(
            unit=subject.contract.unit(), rho=subject.contract.evaluation_loss(posed.part).rho * _MARGIN, delta=0.0
        )
        for posed in asked.questions
    ]

    def answers(values: list[Any], scales: list[float]) -> Answers:
        return {
            (posed.part, posed.query.name): answer_to(posed.query, np.asarray(value), scale=scale, d_in=1)
            for posed, value, scale in zip(asked.questions, values, scales, strict=True)
        }

    binned = figure(answers(exact, [EXACT_SCALE for _ in exact])).value
    truth = subject.area if name in {"tstr_auc", TWENTY} else binned
    scales = [noise.scale for noise in noises]
    figures = [
        figure(answers([draw_counts(value, noise) for value, noise in zip(exact, noises, strict=True)], scales))
        for _ in range(draws)
    ]
    errors = np.array([drawn.value - truth for drawn in figures])
    return {
        "figure": name,
        "parts": "+".join(sorted({str(posed.part) for posed in asked.questions})),
        "exact": truth,
        "within": float((np.abs(errors) <= within).mean()),
        "mean_error": float(errors.mean()),
        "deviation": float(errors.std()),
        "as_planned": float(np.mean([drawn.deviation for drawn in figures])),
        "held": float(np.mean([drawn.low <= truth <= drawn.high for drawn in figures])),
        "low": float(np.mean([drawn.low for drawn in figures])),
        "high": float(np.mean([drawn.high for drawn in figures])),
        "exact_of_bins": binned,
    }


def rows_of(case: Case, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield one row per release and figure, and print it."""
    print("| release | " + " | ".join(_HEADER) + " |\n|" + "---|" * (len(_HEADER) + 1))
    for seed in range(asked.releases):
        with tempfile.TemporaryDirectory() as temporary:
            subject = make_subject(case, Path(temporary), epsilon=asked.epsilon, seed=seed)
            for name in (FIGURES[0], TWENTY, *FIGURES[1:]):
                row = {"release": seed, **measure(name, subject, draws=asked.draws, within=asked.within)}
                numbers = [f"{row[key]:.4f}" for key in ("mean_error", "deviation", "as_planned")]
                ends = [f"{row['held']:.1%}", f"{row['low']:.4f}", f"{row['high']:.4f}"]
                shown = [name, row["parts"], f"{row['exact']:.4f}", f"{row['within']:.1%}", *numbers, *ends]
                print(f"| {seed} | " + " | ".join(shown) + " |", flush=True)
                yield {**row, "held_out_people": subject.held}


def main() -> None:
    """Print one line per release and figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds adult/")
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--releases", type=int, default=1)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--within", type=float, default=0.01)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    results = list(rows_of(adult_table(asked.data, delta=DELTA), asked=asked))
    if asked.json:
        settings = {"epsilon": asked.epsilon, "delta": DELTA, "holdout": HOLDOUT, "draws": asked.draws}
        asked.json.write_text(json.dumps({**settings, "within": asked.within, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
