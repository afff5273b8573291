"""Bad files are refused before anything in them runs, each with a sentence that helps."""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import zipfile

import pytest

torch = pytest.importorskip('torch')

from efficientsam3_ros.model.weights.errors import WeightsError  # noqa: E402
from efficientsam3_ros.model.weights.safe_load import read_checkpoint  # noqa: E402


class Malice:
    """Runs a command when it is unpickled."""

    def __init__(self, witness):
        self.witness = witness

    def __reduce__(self):
        return os.mkdir, (str(self.witness),)


@pytest.fixture
def good(tmp_path):
    path = tmp_path / 'good.pt'
    torch.save({'model': {'module.a.weight': torch.arange(4096.0)}, 'epoch': 3}, path)
    return path


def refusal(path):
    with pytest.raises(WeightsError) as error:
        read_checkpoint(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_tensors_come_back_without_wrapper_and_prefix(good):
    found = read_checkpoint(good)
    assert torch.equal(found.tensors['a.weight'], torch.arange(4096.0))
    assert found.extras == ('epoch',)
    assert found.sha256 == hashlib.sha256(good.read_bytes()).hexdigest()


def test_a_trainers_command_line_is_harmless(tmp_path):
    path = tmp_path / 'x.pt'
    arguments = argparse.Namespace(lr=1e-3, name='run')
    torch.save({'model': {'a': torch.ones(2)}, 'args': arguments}, path)
    assert read_checkpoint(path).extras == ('args',)


@pytest.mark.parametrize('zipped', [True, False])
def test_a_program_is_never_run(tmp_path, zipped):
    witness, path = tmp_path / 'ran', tmp_path / 'evil.pt'
    torch.save(
        {'model': {'a': torch.ones(2)}, 'x': Malice(witness)},
        path,
        _use_new_zipfile_serialization=zipped,
    )
    sentence = refusal(path)
    assert not witness.exists()
    assert 'mkdir' in sentence
    assert 'safetensors' in sentence, 'says what to ask for instead'
    pickle.loads(pickle.dumps(Malice(witness)))
    assert witness.exists(), 'the attack itself works'


def test_a_plain_pickle_with_code_is_refused(tmp_path):
    path = tmp_path / 'evil.pth'
    path.write_bytes(pickle.dumps(Malice(tmp_path / 'ran')))
    refusal(path)
    assert not (tmp_path / 'ran').exists()


@pytest.mark.parametrize('share', [0.001, 0.5, 0.99])
def test_a_file_cut_off_is_to_be_downloaded_again(good, share):
    content = good.read_bytes()
    good.write_bytes(content[: max(1, int(len(content) * share))])
    sentence = refusal(good)
    assert 'ownload' in sentence or 'no checkpoint' in sentence


def test_an_old_file_cut_off_is_refused(tmp_path):
    path = tmp_path / 'old.pt'
    torch.save({'a': torch.ones(1000)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:-400])
    assert 'ownload it again' in refusal(path)


def test_one_flipped_bit_is_noticed(good):
    content = bytearray(good.read_bytes())
    content[len(content) // 2] ^= 1
    good.write_bytes(content)
    assert 'damaged' in refusal(good)


def test_an_empty_file_is_a_failed_download(tmp_path):
    path = tmp_path / 'x.pt'
    path.touch()
    assert '0 bytes' in refusal(path)


def test_a_git_lfs_pointer_is_no_checkpoint(tmp_path):
    path = tmp_path / 'x.pt'
    path.write_text('version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n')
    assert 'git lfs pull' in refusal(path)


def test_a_saved_web_page_is_no_checkpoint(tmp_path):
    path = tmp_path / 'x.pt'
    path.write_text('\n<!DOCTYPE html><html><body>Sign in</body></html>')
    assert '--token' in refusal(path)


def test_other_archives_and_files_are_no_checkpoints(tmp_path):
    archive = tmp_path / 'x.zip'
    with zipfile.ZipFile(archive, 'w') as file:
        file.writestr('readme.txt', 'hello')
    assert 'no torch checkpoint' in refusal(archive)
    picture = tmp_path / 'x.png'
    picture.write_bytes(b'\x89PNG\r\n\x1a\n' + bytes(100))
    assert 'no checkpoint' in refusal(picture)
    assert 'folder' in refusal(tmp_path)
    assert 'does not exist' in refusal(tmp_path / 'none.pt')


def test_torchscript_is_a_program(tmp_path):
    path = tmp_path / 'x.pt'
    with zipfile.ZipFile(path, 'w') as file:
        file.writestr('m/data.pkl', b'')
        file.writestr('m/code/__torch__.py', 'def f(): pass')
    assert 'holds code' in refusal(path)


def test_files_without_tensors_name_their_entries(tmp_path):
    path = tmp_path / 'x.pt'
    torch.save({'epoch': 1, 'lr': 0.1}, path)
    assert 'epoch, lr' in refusal(path)
    torch.save(torch.ones(3), path)
    assert 'Tensor, not a dictionary' in refusal(path)


def test_safetensors_are_read_and_checked(tmp_path):
    from safetensors.torch import save_file

    path = tmp_path / 'x.safetensors'
    save_file({'a': torch.arange(100.0)}, path)
    assert torch.equal(read_checkpoint(path).tensors['a'], torch.arange(100.0))
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert f'{len(whole) - 10} of {len(whole)} bytes' in refusal(path)
    path.write_bytes(whole[:20])
    refusal(path)
