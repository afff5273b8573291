"""Fetch files from the model hub; every failure becomes a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import errno
from pathlib import Path
from typing import Any, Protocol, cast

from efficientsam3_ros.install_hint import install_hint
from efficientsam3_ros.model.weights.errors import WeightsError

TEACHER_FILES = ('*.json', '*.txt', 'model*.safetensors')
_OFFLINE = {'LocalEntryNotFoundError', 'OfflineModeIsEnabled'}
_NETWORK = {'ConnectError', 'ConnectionError', 'ConnectTimeout', 'TimeoutException', 'Timeout'}


class HubClient(Protocol):
    """The part of ``huggingface_hub`` that is used."""

    def hf_hub_download(self, repo_id: str, filename: str, **options: Any) -> str:
        """Fetch a file, resuming, and return its place in the cache."""
        ...

    def snapshot_download(self, repo_id: str, **options: Any) -> str:
        """Fetch a repository, resuming, and return its folder in the cache."""
        ...


@dataclass(frozen=True)
class HubOptions:
    """How files are fetched.

    Attributes:
        revision: Branch, tag or commit; a commit pins the content.
        token: Access token; the one stored by the hub's own login is used when absent.
        cache: Folder of the cache; the hub's usual one when absent.
        offline: Use only what the cache holds.
    """

    revision: str | None = None
    token: str | None = None
    cache: Path | None = None
    offline: bool = False

    def keywords(self) -> dict[str, Any]:
        """Return the options under the hub client's names."""
        return {
            'revision': self.revision,
            'token': self.token,
            'cache_dir': None if self.cache is None else str(self.cache),
            'local_files_only': self.offline,
        }


def default_client() -> HubClient:
    """Return the real hub client.

    Raises:
        WeightsError: If it is not installed.
    """
    try:
        import huggingface_hub
    except ImportError as error:
        raise WeightsError(
            f'Downloading needs huggingface_hub: {install_hint("hub")}. Or download the file with '
            'a browser and use "efficientsam3 convert FILE".'
        ) from error
    return cast(HubClient, huggingface_hub)


def fetch(client: HubClient, repo: str, file: str, options: HubOptions) -> Path:
    """Fetch one file into the cache, resuming an interrupted download.

    Raises:
        WeightsError: If it cannot be had.
    """
    with _explained(f'{repo}/{file}', repo, options):
        return Path(client.hf_hub_download(repo, file, **options.keywords()))


def fetch_folder(client: HubClient, repo: str, options: HubOptions) -> Path:
    """Fetch a repository's model in transformers' layout.

    Raises:
        WeightsError: If it cannot be had.
    """
    with _explained(repo, repo, options):
        return Path(
            client.snapshot_download(
                repo, allow_patterns=list(TEACHER_FILES), **options.keywords()
            )
        )


@contextmanager
def _explained(what: str, repo: str, options: HubOptions) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        sentence = _sentence(error, what, repo, options)
        if sentence is None:
            raise
        raise WeightsError(sentence) from error


def _sentence(error: Exception, what: str, repo: str, options: HubOptions) -> str | None:
    """Say what went wrong; classes go by their names, which outlive versions of the client."""
    names = {cls.__name__ for cls in type(error).__mro__}
    status = getattr(getattr(error, 'response', None), 'status_code', None)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return (
            f'The disk is full while downloading {what}. Free some space, or name another cache '
            'with --cache FOLDER; the download resumes.'
        )
    if 'GatedRepoError' in names or status == 403:
        return (
            f'{what} is gated. Accept its licence on https://huggingface.co/{repo}, create an '
            'access token, and pass it with --token or log in with "hf auth login".'
        )
    if status == 401 and not names & {'EntryNotFoundError', 'RevisionNotFoundError'}:
        return (
            f'The hub refuses access to {what}: the repository does not exist, or it needs a '
            'valid access token (--token). Check --repo and the token.'
        )
    if options.offline and (names & _OFFLINE or isinstance(error, FileNotFoundError)):
        return (
            f'{what} is not in the cache. Run the same command once without --offline, or copy '
            'the cache from a machine that has it (--cache).'
        )
    return _unreachable(names, what, repo, options)


def _unreachable(names: set[str], what: str, repo: str, options: HubOptions) -> str | None:
    if 'RevisionNotFoundError' in names:
        return f'{repo} has no revision {options.revision}; check --revision.'
    if 'RepositoryNotFoundError' in names:
        return f'{repo} does not exist on the hub, or is private; check --repo and --token.'
    if 'EntryNotFoundError' in names and not names & _OFFLINE:
        return (
            f'{what} does not exist: the repository was rearranged. Look at '
            f'https://huggingface.co/{repo}/tree/main and name the file with --file.'
        )
    if names & (_NETWORK | _OFFLINE):
        return (
            f'{what} cannot be reached: there is no network, or the hub does not answer. Try '
            'again later (the download resumes), or fetch it elsewhere and use '
            '"efficientsam3 convert FILE".'
        )
    return None
