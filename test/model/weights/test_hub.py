"""The hub's failures become sentences; a fake client stands for the network."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.hub import HubOptions, fetch, fetch_folder
from efficientsam3_ros.model.weights.releases import RELEASES


class Response:
    def __init__(self, status_code):
        self.status_code = status_code


class HfHubHTTPError(OSError):
    def __init__(self, status=None):
        super().__init__('Traceback of many lines')
        self.response = None if status is None else Response(status)


class RepositoryNotFoundError(HfHubHTTPError):
    pass


class GatedRepoError(RepositoryNotFoundError):
    pass


class EntryNotFoundError(Exception):
    pass


class RevisionNotFoundError(HfHubHTTPError):
    pass


class LocalEntryNotFoundError(EntryNotFoundError, FileNotFoundError):
    pass


class ConnectError(Exception):
    pass


class FakeHub:
    """Raises, or returns a path, and remembers what it was asked."""

    def __init__(self, error=None):
        self.error = error
        self.calls = []

    def hf_hub_download(self, repo_id, filename, **options):
        self.calls.append((repo_id, filename, options))
        if self.error:
            raise self.error
        return f'/cache/{filename}'

    def snapshot_download(self, repo_id, **options):
        return self.hf_hub_download(repo_id, '', **options)


def test_options_reach_the_client():
    hub = FakeHub()
    options = HubOptions('abc123', 'hf_x', Path('/c'), offline=True)
    assert fetch(hub, 'me/mine', 'a/b.pt', options) == Path('/cache/a/b.pt')
    assert hub.calls == [
        (
            'me/mine',
            'a/b.pt',
            {'revision': 'abc123', 'token': 'hf_x', 'cache_dir': '/c', 'local_files_only': True},
        )
    ]


def test_a_teachers_folder_comes_without_its_original_file():
    hub = FakeHub()
    fetch_folder(hub, 'facebook/sam3', HubOptions())
    assert '*.pt' not in hub.calls[0][2]['allow_patterns']


@pytest.mark.parametrize(
    ('error', 'options', 'sentence'),
    [
        (GatedRepoError(401), HubOptions(), r'is gated\. Accept its licence on .*/me/mine'),
        (GatedRepoError(403), HubOptions(), 'access token'),
        (HfHubHTTPError(403), HubOptions(), 'is gated'),
        (RepositoryNotFoundError(401), HubOptions(), 'does not exist, or it needs a valid access'),
        (RepositoryNotFoundError(404), HubOptions(), r'does not exist on the hub.*--repo'),
        (EntryNotFoundError(), HubOptions(), r'rearranged.*--file'),
        (RevisionNotFoundError(404), HubOptions('v9'), 'no revision v9'),
        (LocalEntryNotFoundError(), HubOptions(offline=True), 'once without --offline'),
        (LocalEntryNotFoundError(), HubOptions(), 'no network.*efficientsam3 convert'),
        (ConnectError(), HubOptions(), 'cannot be reached'),
        (OSError(errno.ENOSPC, 'No space left'), HubOptions(), r'disk is full.*--cache'),
    ],
)
def test_failures_say_what_to_do(error, options, sentence):
    with pytest.raises(WeightsError, match=sentence):
        fetch(FakeHub(error), 'me/mine', 'x.pt', options)


def test_bugs_are_not_hidden():
    with pytest.raises(ZeroDivisionError):
        fetch(FakeHub(ZeroDivisionError()), 'me/mine', 'x.pt', HubOptions())


def test_every_student_has_a_release():
    pytest.importorskip('timm')
    from efficientsam3_ros.model.registry import STUDENTS

    for name in STUDENTS:
        assert RELEASES[name].variant == name
        assert RELEASES[name].context in (16, 32)
    # Released Stage-3 files lack the exemplar encoder, so a second file must bring it.
    stage3 = [r for r in RELEASES.values() if r.files and 'efficientsam3_ft/' in r.files[0]]
    assert [r.name for r in stage3] == ['es_rv_m', 'es_tv_m', 'es_ev_m']
    assert all(len(r.files) == 2 for r in stage3)
