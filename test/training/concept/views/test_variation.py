"""What is true of a picture is true of every view of it, and of every frame of a clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('torch')
pytest.importorskip('pycocotools')

from tiny_stage3 import COLORS

from efficientsam3_ros.core import Frame
from efficientsam3_ros.model.student import sam3_preprocess
from training.concept.data.draw import ConceptDraw
from training.concept.data.frames import open_clips, open_pictures, open_unlabeled
from training.concept.views.variation import Variation
from training.data.views.framing import WHOLE, Framing

SIZE = (112, 112)
ALWAYS = Variation(share=1.0, color=0.0)


def varied(frames, phrases=('box',), variation=ALWAYS, seed=0):
    return variation(frames, phrases, SIZE, np.random.default_rng(seed))


def test_masks_stay_on_their_things_whatever_is_drawn(saco):
    frames = open_pictures(saco)[0].read()
    for seed in range(20):
        (found,) = varied(frames, seed=seed)
        assert found.frame.rgb.shape == (*SIZE, 3)
        for item in found.truth.instances:
            color = np.median(found.frame.rgb[item.mask.decode()], 0)
            assert np.abs(color - COLORS[item.concept]).max() < 40, seed
        gone = {i.concept for i in frames[0].truth.instances} - {
            i.concept for i in (*found.truth.instances, *found.crowd)
        }
        for concept in gone:
            far = np.abs(found.frame.rgb - np.array(COLORS[concept])).max(-1) < 60
            assert far.mean() < 0.01, f'{concept} is still in view, seed {seed}'


def test_pictures_are_cropped_shrunk_mirrored_and_left_as_they_are(saco):
    frames = open_pictures(saco)[0].read()
    area = frames[0].truth.instances[0].area / (96 * 128)
    shares = []
    for seed in range(40):
        (found,) = varied(frames, seed=seed)
        own = [i for i in found.truth.instances if i.track_id == 1]
        shares += [item.area / (112 * 112) / area for item in own]
    assert max(shares) > 1.5 and min(shares) < 0.6
    assert any(share == pytest.approx(1, abs=0.05) for share in shares)
    still = replace(ALWAYS, share=0.0)
    assert varied(frames, variation=still) is frames


def test_a_phrase_that_tells_of_a_side_keeps_the_picture_as_it_lies(saco):
    frames = open_pictures(saco)[0].read()
    mirror = replace(ALWAYS, framing=Framing(whole=1.0, mirrored=1.0), shrunk=0.0)
    as_it_lies = varied(frames, variation=replace(mirror, framing=WHOLE))[0].frame.rgb
    turned = varied(frames, variation=mirror)[0].frame.rgb
    assert np.array_equal(turned, as_it_lies[:, ::-1]) and not np.array_equal(turned, as_it_lies)
    for phrase in ('the Left box', 'right-hand mug', 'largest box', 'letter b'):
        for seed in range(3):
            (found,) = varied(frames, ('box', phrase), mirror, seed)
            assert np.array_equal(found.frame.rgb, as_it_lies), phrase
    cropped = replace(mirror, framing=Framing(whole=0.0, mirrored=0.0))
    assert np.array_equal(varied(frames, ('nearest box',), cropped)[0].frame.rgb, as_it_lies)
    # Writing may be cropped.
    assert not np.array_equal(varied(frames, ('letter b',), cropped)[0].frame.rgb, as_it_lies)


def test_a_clip_is_varied_alike_in_all_frames(veval):
    frames = open_clips(veval, 4)[0].read()
    same = tuple(replace(labeled, frame=Frame(frames[0].frame.rgb)) for labeled in frames)
    varied_light = replace(ALWAYS, color=1.0)
    for seed in range(5):
        found = varied(same, variation=varied_light, seed=seed)
        assert all(np.array_equal(f.frame.rgb, found[0].frame.rgb) for f in found)
    colored, plain = (varied(same, variation=v)[0].frame.rgb for v in (varied_light, ALWAYS))
    assert not np.array_equal(colored, plain)
    # The places of the clip's own frames, and who is who, stay.
    ids = [[item.track_id for item in f.truth.instances] for f in varied(frames)]
    whole = [[item.track_id for item in f.truth.instances] for f in frames]
    assert all(set(few) <= set(all_) for few, all_ in zip(ids, whole)) and any(ids)


def test_of_what_is_hardly_in_view_is_not_asked(saco):
    (labeled,) = frames = open_pictures(saco)[0].read()
    cropping = replace(ALWAYS, framing=Framing(least=0.5, whole=0.0, mirrored=0.0))
    draw = ConceptDraw(sam3_preprocess(112), 16, 32, 3, 0.5, variation=cropping)
    asked, crowds = set(), 0
    for seed in range(30):
        (truth,) = draw(frames, np.random.default_rng(seed)).truths
        present = {p for p, row in zip(truth.phrases, truth.positive) if row.any()}
        asked.add((len(truth.phrases), len(present)))
        crowds += len(truth.phrases) < 3
        assert len(truth.boxes) == len(truth.masks) == len(truth.identity)
    # All in view, one gone and truly absent now, one cut and not asked.
    assert (3, 2) in asked and (3, 1) in asked and crowds
    assert {item.concept for item in labeled.truth.instances} <= set(labeled.nouns)


def test_pictures_without_labels_are_varied_whatever_is_asked(saco):
    (item, *_) = open_unlabeled(saco / 'images', ['left box', 'right box'])
    mirror = replace(ALWAYS, framing=Framing(whole=1.0, mirrored=1.0), shrunk=0.0)
    bare = ConceptDraw(sam3_preprocess(112), 16, 32, 2, 0.5, False, variation=mirror)
    plain = replace(bare, variation=replace(mirror, framing=WHOLE))
    one, other = (draw(item.read(), np.random.default_rng(0)).images for draw in (bare, plain))
    assert np.array_equal(one.numpy()[..., ::-1], other.numpy())


@pytest.mark.parametrize('entry', [{'share': 1.5}, {'smallest': 0.0}, {'color': 2.0}])
def test_what_is_no_share_is_refused(entry):
    with pytest.raises(ValueError, match=r'data\.augmentation'):
        Variation(**entry)
