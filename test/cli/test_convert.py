"""``efficientsam3 convert`` and ``download``: what is printed, written and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

import upstream_checkpoint as upstream  # noqa: E402

from efficientsam3_ros.cli.main import USER_ERROR, main  # noqa: E402
from efficientsam3_ros.model.student import sam3_preprocess  # noqa: E402
from efficientsam3_ros.model.weights import hub, store  # noqa: E402


class FakeHub:
    """Serves files from a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.asked = []

    def hf_hub_download(self, repo_id, filename, **options):
        self.asked.append(f'{repo_id}/{filename}')
        return str(self.folder / Path(filename).name)

    def snapshot_download(self, repo_id, **options):
        return str(self.folder)


@pytest.fixture
def written(monkeypatch):
    """Keep conversions instead of writing hundreds of megabytes."""
    kept = []

    def save(found, folder, keep_tracker=False):
        kept.append((found, folder))
        folder.mkdir()
        sources = tuple(
            store.StoredSource(s.name, s.layout.value, s.checkpoint.sha256)
            for s in found.report.sources
        )
        return store.WeightsInfo(
            found.config.name, 'sam3', found.text, found.config.context,
            sam3_preprocess(1008), sources, '0' * 64, store.LICENSE, keep_tracker,
        )  # fmt: skip

    monkeypatch.setattr(store, 'save_converted', save)
    return kept


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Return a folder with what the hub holds for ``es_ev_m``."""
    folder = tmp_path_factory.mktemp('files')
    torch.save({'model': upstream.stage3('es_ev_m')}, folder / 'efficientsam3_efficientvit.pt')
    name = 'efficient_sam3_efficientvit-b1_mobileclip_s1.pth'
    torch.save({'model': upstream.merged('es_ev_m', 's1', rows=77)}, folder / name)
    (folder / 'sam3.pt').write_text('version https://git-lfs.github.com/spec/v1')
    return folder


@pytest.fixture
def fake_hub(monkeypatch, files):
    fake = FakeHub(files)
    monkeypatch.setattr(hub, 'default_client', lambda: fake)
    return fake


def test_convert_accounts_for_all_keys_and_names_the_next_step(files, tmp_path, written, capsys):
    base = files / 'efficient_sam3_efficientvit-b1_mobileclip_s1.pth'
    arguments = ['--base', str(base), '--variant', 'es_ev_m', '--text', 's0', '--context', '16']
    file = files / 'efficientsam3_efficientvit.pt'
    out = tmp_path / 'out'
    assert main(['convert', str(file), *arguments, '--out', str(out), '--report']) == 0
    printed = capsys.readouterr().out
    assert 'replaced by a file above' in printed
    assert 'all keys accounted for: 790 used' in printed
    assert f'efficientsam3 export es_ev_m --weights {out}' in printed
    assert written[0][0].config.context == 16


@pytest.mark.parametrize(('keep', 'said'), [([], 'is left out'), (['--keep-tracker'], 'is kept')])
def test_convert_tells_whether_there_will_be_a_video_memory(
    files, tmp_path, written, capsys, keep, said
):
    file = files / 'efficient_sam3_efficientvit-b1_mobileclip_s1.pth'
    words = ['convert', str(file), '--context', '16', '--out', str(tmp_path / 'out'), *keep]
    assert main(words) == 0
    assert f"SAM 3's tracker {said}" in capsys.readouterr().out


def test_convert_refuses_in_one_line_and_writes_nothing(files, tmp_path, capsys):
    out = tmp_path / 'out'
    file = files / 'efficientsam3_efficientvit.pt'
    assert main(['convert', str(file), '--out', str(out)]) == USER_ERROR
    refused = capsys.readouterr().err
    assert '76 keys of the exemplar encoder are missing' in refused
    assert len(refused.strip().splitlines()) == 1
    assert main(['convert', str(file), '--out', str(out), '--report']) == USER_ERROR
    assert 'MISSING: geometry_encoder.' in capsys.readouterr().out
    assert main(['convert', str(files / 'sam3.pt'), '--out', str(out)]) == USER_ERROR
    assert 'git lfs pull' in capsys.readouterr().err
    assert not out.exists()


def test_download_fetches_the_gap_filler_too_and_converts(fake_hub, tmp_path, written, capsys):
    assert main(['download', 'es_ev_m', '--out', str(tmp_path / 'out')]) == 0
    repo = 'Simon7108528/EfficientSAM3'
    assert fake_hub.asked == [
        f'{repo}/efficientsam3_ft/efficientsam3_efficientvit.pt',
        f'{repo}/stage1_all_converted/efficient_sam3_efficientvit-b1_mobileclip_s1.pth',
    ]
    assert (written[0][0].text, written[0][0].config.context) == ('s0', 16)
    assert capsys.readouterr().out.count('sha256') == 3


def test_download_of_another_file_is_checked_as_strictly(fake_hub, tmp_path, written, capsys):
    base = 'x/efficient_sam3_efficientvit-b1_mobileclip_s1.pth'
    arguments = ['--repo', 'me/mine', '--file', base, '--out', str(tmp_path / 'out')]
    assert main(['download', *arguments]) == USER_ERROR
    assert '--context 16 or --context 32' in capsys.readouterr().err
    assert main(['download', *arguments, '--context', '32']) == 0
    assert fake_hub.asked[0] == f'me/mine/{base}'
    assert written[0][0].config.context == 32


def test_download_of_a_wrong_variant_is_refused(fake_hub, tmp_path, capsys):
    file = 'efficient_sam3_efficientvit-b1_mobileclip_s1.pth'
    arguments = ['download', 'es_rv_s', '--file', file, '--out', str(tmp_path / 'out')]
    assert main(arguments) == USER_ERROR
    assert 'holds es_ev_m, not es_rv_s' in capsys.readouterr().err


def test_the_teacher_is_copied_as_it_is(fake_hub, tmp_path, capsys):
    assert main(['download', 'sam3', '--out', str(tmp_path / 'sam3')]) == 0
    assert (tmp_path / 'sam3' / 'sam3.pt').is_file()


@pytest.mark.parametrize('name', ['sam3', 'es_ev_m'])
def test_nothing_is_fetched_where_it_could_not_be_written(fake_hub, tmp_path, capsys, name):
    (tmp_path / 'thesis.tex').touch()
    assert main(['download', name, '--out', str(tmp_path), '--force']) == USER_ERROR
    assert 'is not replaced' in capsys.readouterr().err
    assert not fake_hub.asked


def test_unknown_releases_are_refused_and_known_ones_listed(capsys):
    assert main(['download', 'es_xx_m']) == USER_ERROR
    assert 'es_ev_m' in capsys.readouterr().err
    assert main(['download']) == USER_ERROR
    assert '--list' in capsys.readouterr().err
    assert main(['download', '--list']) == 0
    assert 'facebook/sam3' in capsys.readouterr().out
