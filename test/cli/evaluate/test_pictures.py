"""``efficientsam3 evaluate`` on suites of real pictures, with an engine that sees colors."""

from __future__ import annotations

import json
from pathlib import Path

from evaluate_command import evaluate, load
import numpy as np
import pytest
from real_folders import coco_folder, scene_folder
from scripted_engine import ColorEngine
from tiny_onnx import constant_model

pytest.importorskip('pycocotools')
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from efficientsam3_ros.cli.main import main
from efficientsam3_ros.datasets.real.asked import Asked
from efficientsam3_ros.datasets.real.picture_suite import Layout, PictureSuite
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.evaluation.compare.comparison import compare
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.evaluation.stills import classes

LEFT, RIGHT, FAR = (4, 6, 12, 10), (40, 20, 14, 12), (40, 36, 12, 10)
NEAR_LEFT = (6, 6, 12, 10)
"""Mask IoU with ``LEFT`` 100 / 140."""
CONCEPTS = Asked('red block', ('red block', 'red tool')), Asked('green mug', ('green mug',))
CATEGORIES = 'red block', 'red tool', 'green mug', 'blue thing'
PICTURES = {
    'found': [('red block', LEFT), ('green mug', RIGHT)],
    'synonym': [('red tool', LEFT)],
    'moved': [('red block', LEFT)],
    'missed': [('green mug', RIGHT), ('red block', LEFT)],
    'invented': [('blue thing', FAR)],
}
SHOWN = {
    'moved': [('red block', NEAR_LEFT)],
    'missed': [('green mug', RIGHT)],
    'invented': [('blue thing', FAR), ('red', LEFT)],
}


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """Return a folder in which the small suite was run once."""
    folder = tmp_path_factory.mktemp('pictures')
    coco_folder(folder / 'pack' / 'coco', CATEGORIES, PICTURES, SHOWN)
    layout = REAL_SUITES['real-coco'].layout
    scenes = Layout('mosd', ('names.json',), 'scenes', RgbdScenes)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(in_process, 'load_engine', lambda *_: ColorEngine())
        patch.setattr(classes, 'CLASS_DRAWS', 50)
        patch.setattr(classes, 'PRECISION_DRAWS', 10)
        for suite in (
            PictureSuite('small', 'of a test', CONCEPTS, layout, every=1),
            PictureSuite('table', 'of a test', CONCEPTS, scenes, every=1, any_object='green'),
        ):
            patch.setitem(REAL_SUITES, suite.name, suite)
        assert evaluate('--suite', 'small', '--root', 'pack', '--out', 'out') == 0
        yield folder


@pytest.fixture
def small(place):
    return load('out')


def test_classes_are_counted_over_all_pictures(small, capsys):
    red, green = small['classes']['red block'], small['classes']['green mug']
    counts = [red[key] for key in ('asked', 'present', 'objects', 'answers')]
    assert counts == [5, 4, 4, 4]
    # Found, synonym and moved; the last is no match at .75.
    assert red['metrics']['recall_50'] == 0.75 and red['metrics']['recall_75'] == 0.5
    assert red['metrics']['precision_50'] == 0.75
    assert red['metrics']['absent_accuracy'] == 0
    assert green['metrics']['recall_50'] == 1 and green['metrics']['absent_accuracy'] == 1
    assert green['metrics']['cgf1_50'] == pytest.approx(1, abs=1e-3)
    means = small['class_means']['scores']
    assert means['recall_50'] == pytest.approx((0.75 + 1) / 2)
    assert small['total']['recall_50'] == pytest.approx(5 / 6)
    low, high = red['intervals_95']['recall_50']
    assert 0 <= low < 0.75 < high <= 1
    assert set(small['intervals_95']) >= {'cgf1', 'recall_50', 'ap_50'}


def test_nothing_is_said_of_tracks_and_no_film_is_made_of_one_frame(small):
    one = small['sequences']['found']
    assert one['tracks'] == [] and one['metrics']['hota'] is None
    assert small['total']['id_switches'] is None
    files = {item.name for item in Path('out').iterdir()}
    assert not {'overlays', 'predictions'} & files
    assert {'truth.coco.json', 'answers.coco.json', 'report.html', 'results.md'} <= files


def test_average_precision_is_that_of_pycocotools_on_the_files(small):
    truth = COCO('out/truth.coco.json')
    scored = COCOeval(truth, truth.loadRes('out/answers.coco.json'), 'segm')
    scored.evaluate()
    scored.accumulate()
    scored.summarize()
    total = small['total']
    assert [total['ap'], total['ap_50'], total['ap_75']] == pytest.approx(
        scored.stats[:3], abs=1e-6
    )
    assert 0 < total['ap'] < 1


def test_two_runs_give_the_same_but_for_the_times(small):
    words = '--suite', 'small', '--root', 'pack/coco', '--out', 'again', '--cache', 'elsewhere'
    assert evaluate(*words) == 0
    again = load('again')
    assert small.pop('timing') != again.pop('timing')
    assert json.dumps(small) == json.dumps(again)
    for name in ('truth.coco.json', 'answers.coco.json'):
        assert Path('out', name).read_bytes() == Path('again', name).read_bytes()


def test_compare_reads_classes_and_their_precision(small):
    words = '--suite', 'small', '--root', 'pack', '--out', 'strict', '--threshold', 0.95
    assert evaluate(*words) == 0
    runs = [RunResults.load(Path(name)) for name in ('out', 'strict')]
    told = compare(*runs, ('out', 'strict'), draws=20)
    red = told.concepts['red block']
    assert red['recall_50'].change.value == -0.75
    assert red['recall_50'].change.low < -0.75 < red['recall_50'].change.high <= 0
    assert red['ap_50'].second == 0 and red['ap_50'].first > 0
    assert told.total['ap'].second == 0


def test_answers_off_the_table_are_not_scored_and_any_object_stands_apart(place):
    things = [('red tool', LEFT), ('', RIGHT)]
    shown = [('red tool', LEFT), ('green', RIGHT), ('green', FAR), ('red', (24, 38, 8, 8))]
    scenes = {'s': things, 't': [('green mug', LEFT)]}
    scene_folder(place / 'mosd', scenes, {'s': shown}, table=(0, 0, 64, 36))
    assert evaluate('--suite', 'table', '--root', 'mosd', '--out', 'table') == 0
    found = load('table')
    red, anything = found['classes']['red block'], found['classes']['green']
    assert (red['objects'], red['answers'], red['metrics']['precision_50']) == (1, 1, 1)
    assert anything['any_object']
    assert (anything['objects'], anything['answers']) == (3, 2)
    assert anything['metrics']['recall_50'] == pytest.approx(2 / 3)
    # The green thing without a name is a false mug.
    assert found['total']['recall_50'] == 1 and found['total']['false_positives'] == 1
    truth = json.loads(Path('table/truth.coco.json').read_text())
    kinds = {item['name']: item['supercategory'] for item in truth['categories']}
    assert kinds == {'red block': 'named', 'green mug': 'named', 'green': 'any object'}


def test_the_anchor_is_scored_beside_the_bundle_in_every_result(place, monkeypatch, capsys):
    cup = 'green mug', ('green mug', 'cup')
    layout = REAL_SUITES['real-coco'].layout
    suite = PictureSuite('anchored', 'of a test', (CONCEPTS[0], Asked(*cup)), layout, every=1)
    monkeypatch.setitem(REAL_SUITES, suite.name, suite)
    # A network that sees a cup at RIGHT in all pictures: cell 21 of the finest grid of 8 pixels.
    raw = np.zeros((1, 84, 85), np.float32)
    raw[0, 21, :4] = (47 / 8 - 5, 26 / 8 - 2, np.log(14 / 8), np.log(12 / 8))
    raw[0, 21, 4], raw[0, 21, 5 + COCO_CLASSES.index('cup')] = 1.0, 0.8
    Path('cups.onnx').write_bytes(constant_model(('images', (1, 3, 64, 64)), ('output', raw)))
    words = '--suite', 'anchored', '--root', 'pack', '--out', 'anchored', '--anchor', 'cups.onnx'
    assert evaluate(*words) == 0
    anchor = load('anchored')['anchor']
    # Two of five pictures show one; the first answer of five equal ones is right.
    assert list(anchor['classes']) == ['green mug'] and anchor['model'] == 'cups.onnx'
    assert anchor['mean'] == anchor['classes']['green mug']
    assert 0.5 < anchor['mean']['ap_50'] < 1 and anchor['same_classes']['ap_50'] == 1
    for text in (capsys.readouterr().out, Path('anchored/results.md').read_text()):
        assert 'cups.onnx' in text
    assert 'cups.onnx' in Path('anchored/report.html').read_text()


def test_what_contradicts_a_suite_of_pictures_is_refused_in_a_sentence(place, capsys):
    (place / 'empty').mkdir()
    for words, said in (
        (['--suite', 'small'], '--root'),
        (['--suite', 'small', '--root', 'empty'], 'docs/real_data.md'),
        (['--suite', 'small', '--root', 'pack', '--concepts', 'red block'], '--concepts'),
        (['--suite', 'small', '--root', 'pack', '--mode', 'realtime'], '--mode'),
        (['--suite', 'small', '--root', 'pack', 'pack'], 'either'),
        (['--suite', 'small', '--root', 'pack', '--anchor', 'none.onnx'], 'none.onnx'),
        (['--suite', 'tabletop-v1', '--root', 'pack'], 'real-coco'),
    ):
        assert evaluate(*words) == 2, words
        error = capsys.readouterr().err
        assert said in error and 'Traceback' not in error, words


def test_nothing_is_calibrated_on_real_suites(place, capsys):
    assert main(['calibrate', 'nano', '--dry-run', '--suite', 'real-coco']) == 2
    assert 'never used to choose' in capsys.readouterr().err
