"""``python -m training.data.real_pack --check`` on miniature packs, whole and damaged."""

import json

import cv2
import numpy as np
import pytest
import still_files
import yaml

from efficientsam3_ros.core.manifest import file_sha256
from training.data.real_pack.__main__ import main
from training.data.real_pack.check import check_part
from training.data.real_pack.contents import Kind, Part, read_contents

PARTS = {
    'coco': ('coco', {'images/*.jpg': 3}, ('instances_val.json',)),
    'mosd': ('rgbd', {'*_rgb.jpg': 2, '*_depth.png': 2}, ('names.json',)),
    'trash': ('pictures', {'glass/*.jpg': 2}, ()),
    'meshes': ('meshes', {'*.npz': 1, '*.jpg': 1}, ('index.json',)),
    '.': ('file', {}, ('net.onnx',)),
}


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.zeros((6, 8, 3), np.uint8))


def mesh(path, f=((0, 1, 2),)):
    corners = np.eye(3, dtype=np.float32)
    np.savez(path, v=corners, uv=corners[:, :2], f=np.array(f, np.int32))


@pytest.fixture
def pack(tmp_path):
    root = tmp_path / 'pack'
    for folder in ('coco', 'mosd', 'meshes'):
        (root / folder).mkdir(parents=True)
    still_files.coco(root / 'coco')
    still_files.rgbd(root / 'mosd')
    for name in ('trash/glass/1.jpg', 'trash/glass/2.jpg', 'meshes/mug.jpg'):
        picture(root / name)
    mesh(root / 'meshes/mug.npz')
    (root / 'meshes/index.json').write_text('{"mug": {}}')
    (root / 'net.onnx').write_bytes(b'weights')
    about = [
        {
            'name': 'net' if folder == '.' else folder,
            'folder': folder,
            'kind': kind,
            'counts': counts,
            'sha256': {file: file_sha256(root / folder / file) for file in files},
            **{field: f'{field} of {folder}' for field in ('what', 'source', 'licence', 'use')},
        }
        for folder, (kind, counts, files) in PARTS.items()
    ]
    (tmp_path / 'contents.yaml').write_text(yaml.safe_dump({'parts': about}))
    return root


def checked(pack, *more) -> int:
    return main(['--check', str(pack), '--contents', str(pack.parent / 'contents.yaml'), *more])


def test_a_whole_pack(pack, capsys):
    assert checked(pack) == checked(pack, '--whole') == 0
    shown = capsys.readouterr()
    assert '5 of 5 parts are whole.' in shown.out
    assert 'missing' not in shown.out + shown.err


def drop_a_picture(pack):
    (pack / 'coco/images/0002.jpg').unlink()


def change_a_mask(pack):
    still_files.edit(
        pack / 'coco', lambda data: data['annotations'][0]['segmentation'].update(size=[9, 9])
    )


def cut_a_depth(pack):
    path = pack / 'mosd/learn10_depth.png'
    path.write_bytes(path.read_bytes()[:-20])


def wild_triangle(pack):
    mesh(pack / 'meshes/mug.npz', f=((0, 1, 3),))


def other_weights(pack):
    (pack / 'net.onnx').write_bytes(b'others')


@pytest.mark.parametrize(
    ('damage', 'told'),
    [
        (drop_a_picture, ['2 files fit coco/images/*.jpg; there should be 3', '0002.jpg is miss']),
        (change_a_mask, ['instances_val.json differs', '9x9 belongs to no 40x24 image']),
        (cut_a_depth, ['learn10_depth.png cannot be decoded']),
        (lambda pack: (pack / 'mosd/names.json').write_text('{}'), ['names.json differs']),
        (lambda pack: (pack / 'trash/glass/1.jpg').write_bytes(b'x'), ['1.jpg cannot be decoded']),
        (lambda pack: (pack / 'meshes/mug.npz').write_bytes(b'x'), ['mug.npz is no mesh']),
        (lambda pack: (pack / 'meshes/mug.jpg').unlink(), ['mug.jpg is missing; index.json']),
        (wild_triangle, ['triangles of corners that it lacks']),
        (other_weights, ['net.onnx differs from the one']),
    ],
)
def test_what_differs_is_named(pack, capsys, damage, told):
    damage(pack)
    assert checked(pack) == 1
    shown = capsys.readouterr().out
    assert '4 of 5 parts are whole.' in shown
    for sentence in told:
        assert sentence in shown


def test_what_is_missing_tells_its_source(pack, capsys):
    (pack / 'net.onnx').unlink()
    assert checked(pack) == 1
    shown = capsys.readouterr().out
    assert 'net: missing: what of ..' in shown
    assert 'source of .' in shown and 'licence of .' in shown


def test_samples_are_spread_and_counted(pack):
    part = Part('trash', Kind.PICTURES, '', '', '', '', 'trash', {'glass/*.jpg': 2})
    assert check_part(pack, part, 1).read == 1
    assert check_part(pack, part, None).read == 2


def test_user_errors_are_one_sentence(pack, capsys):
    contents = str(pack.parent / 'contents.yaml')
    assert main(['--check', str(pack / 'nothing'), '--contents', contents]) == 2
    (pack.parent / 'contents.yaml').write_text(json.dumps({'parts': [{'name': 'x'}]}))
    assert checked(pack) == 2
    shown = capsys.readouterr().err
    assert 'is no folder' in shown and 'does not describe a pack' in shown
    assert 'Traceback' not in shown


def test_the_committed_description_reads():
    parts = {part.name: part for part in read_contents()}
    assert parts['mosd'].counts['*_depth.png'] == 45
    assert all(len(value) == 64 for part in parts.values() for value in part.sha256.values())


def test_help_gives_an_example(capsys):
    assert main(['--help']) == 0
    text = capsys.readouterr().out
    assert 'Usage: python -m training.data.real_pack' in text
    assert '--check data/real' in text and '--whole' in text
