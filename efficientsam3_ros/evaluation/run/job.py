"""One sequence from frames to scores and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
import shutil

from efficientsam3_ros.core import FrameResult, Prompt
from efficientsam3_ros.core.errors.report import report
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.evaluation.run.picture_scoring import score_picture
from efficientsam3_ros.evaluation.run.pictures import paint
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.prediction import Prediction, Predictor, Tick
from efficientsam3_ros.evaluation.run.prompting import prompts_for
from efficientsam3_ros.evaluation.run.scoring import score_sequence
from efficientsam3_ros.evaluation.run.store import Store
from efficientsam3_ros.evaluation.sequence_result import SequenceResult, SequenceTiming
from efficientsam3_ros.evaluation.stills.coco_files import PictureRecord

PREDICTIONS, OVERLAYS = 'predictions', 'overlays'


@dataclass(frozen=True)
class Job:
    """One sequence and what shall become of it.

    Attributes:
        name: Unique in the run, fit for a file name.
        sequence: Frames and truth.
        plan: What to run.
        bundle_digest: Of the plan's bundle.
        exemplars: Whether the bundle understands boxes.
        out: Result folder, None to write nothing but the cache.
        overlay: Whether to write a video.
    """

    name: str
    sequence: FrameSequence
    plan: RunPlan
    bundle_digest: str
    exemplars: bool = False
    out: Path | None = None
    overlay: bool = True


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes:
        name: Of the job.
        result: Scores; None if the sequence failed.
        timing: Times; None if it failed.
        pictures: PNG pictures of the worst frames, in their order.
        error: Why it failed, empty otherwise.
        record: Truth and answers of a picture of a suite; None for other sequences.
    """

    name: str
    result: SequenceResult | None = None
    timing: SequenceTiming | None = None
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    error: str = ''
    record: PictureRecord | None = field(default=None, repr=False)


def run_job(job: Job, predictor: Predictor, tick: Tick) -> Outcome:
    """Predict, or take what was predicted before, then score and draw.

    Whatever goes wrong with a sequence is reported in the outcome, so that the others go on.
    """
    try:
        return _run(job, predictor, tick)
    except Exception as error:  # a fault of ours must not cost the other sequences
        return Outcome(job.name, error=report(error)[0])


def _run(job: Job, predictor: Predictor, tick: Tick) -> Outcome:
    prompts = prompts_for(job.sequence, job.plan.concepts, job.exemplars)
    key = job.plan.key(job.sequence.digest, job.bundle_digest, prompts)
    store = Store(job.plan.cache)
    prediction = _predicted(job, predictor, prompts, store, key, tick)
    if isinstance(job.sequence, AskedPicture):
        result, record = score_picture(job.sequence, prediction, prompts)
        # Its answers go into one file for the whole suite.
        scored = replace(prediction, results=(_of_record(prediction, record),))
        pictures = _painted(job, scored, result, None) if job.out else ()
        return Outcome(job.name, result, prediction.timing, pictures, record=record)
    tracked = not job.plan.detector_alone
    result = score_sequence(job.sequence, prediction, prompts, tracked)
    pictures = ()
    if job.out is not None:
        _copy_bag(store.bag(key), job.out / PREDICTIONS / f'{job.name}.mcap')
        video = job.out / OVERLAYS / f'{job.name}.mp4' if job.overlay else None
        pictures = _painted(job, prediction, result, video)
    return Outcome(job.name, result, prediction.timing, pictures)


def _of_record(prediction: Prediction, record: PictureRecord) -> FrameResult | None:
    """Return the answers that are scored."""
    given = prediction.results[0]
    return None if given is None else replace(given, instances=record.answers)


def _painted(
    job: Job, prediction: Prediction, result: SequenceResult, video: Path | None
) -> tuple[bytes, ...]:
    if video is not None:
        video.parent.mkdir(parents=True, exist_ok=True)
    chosen = [item.frame for item in result.worst_frames]
    return tuple(paint(job.sequence, prediction, video, chosen))


def _predicted(
    job: Job,
    predictor: Predictor,
    prompts: tuple[Prompt, ...],
    store: Store,
    key: str,
    tick: Tick,
) -> Prediction:
    if job.plan.reuse and (kept := store.load(key)) is not None:
        for _ in kept.stamps_ns:
            tick()
        return replace(kept, timing=replace(kept.timing, cached=True))
    made = predictor.predict(job.sequence, prompts, tick)
    store.save(key, replace(made, notes=(*job.sequence.notes, *made.notes)))
    # What is scored is what was stored, so that a later run finds the same metrics.
    prediction = store.load(key)
    if prediction is None:
        raise RuntimeError(f'The predictions in {store.folder} cannot be read again; disk full?')
    return prediction


def _copy_bag(source: Path, target: Path) -> None:
    if not source.is_file():
        target.unlink(missing_ok=True)
        return
    with replacing(target) as part:
        shutil.copyfile(source, part)
