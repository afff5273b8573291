"""``efficientsam3 download``: released weights from the model hub, checked and converted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
import shutil
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Group, Parameter

from efficientsam3_ros.cli.convert import (
    DEFAULT_CONVERSION,
    ConversionOptions,
    convert_and_store,
)
from efficientsam3_ros.cli.support.options import OptionError, OutputOptions, Switch
from efficientsam3_ros.core.atomic import replacing

if TYPE_CHECKING:
    from efficientsam3_ros.model.weights.releases import Release

EXAMPLES = """\
examples:
  efficientsam3 download --list
  efficientsam3 download es_ev_m
  efficientsam3 download es_tv_l --revision 85b0589 --out weights/es_tv_l --report
  efficientsam3 download sam3 --token hf_... --out sam3
  efficientsam3 download es_ev_m --offline
  efficientsam3 download --repo me/mine --file student.pt --context 16 --out mine"""


app = App(name='download', help_epilogue=EXAMPLES)


@Parameter(name='*', group=Group('Model hub', sort_key=2))
@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the files come from.

    Attributes:
        repo: Repository, instead of the known one.
        file: File in the repository, the student's first; repeat it for files that fill its gaps.
        revision: Branch, tag or commit; a commit pins the content.
        token: Access token, for gated or private repositories.
        cache: Folder of the cache; the hub's usual one if absent.
        offline: Use only what the cache holds.
    """

    repo: str | None = None
    file: tuple[str, ...] = ()
    revision: str | None = None
    token: str | None = None
    cache: Path | None = None
    offline: bool = False


DEFAULT_SOURCE = Source()


@app.default
def run(
    name: str | None = None,
    /,
    *,
    listing: Annotated[bool, Parameter(name='--list')] = False,
    out: Path | None = None,
    force: bool = False,
    convert: Switch = True,
    source: Source = DEFAULT_SOURCE,
    conversion: ConversionOptions = DEFAULT_CONVERSION,
) -> int:
    """Fetch, check, convert.

    Args:
        name: Release, see --list.
        listing: Print the known releases.
        out: Folder for the weights; the name if absent.
        force: Replace what is there.
        convert: Convert what was fetched; else only print where the files lie.
        source: Where the files come from.
        conversion: What is known of them.
    """
    from efficientsam3_ros.model.weights.hub import HubOptions, default_client, fetch, fetch_folder
    from efficientsam3_ros.model.weights.safe_load import sha256_of

    if listing:
        print(_listing())
        return 0
    release = _release(name, source)
    options = HubOptions(source.revision, source.token, source.cache, source.offline)
    client = default_client()
    print(f'{release.repo} ...', flush=True)
    output = OutputOptions(out=out or Path(release.name), force=force)
    if not release.files:
        return _teacher(fetch_folder(client, release.repo, options), release, output, convert)
    paths = []
    for file in release.files:
        print(f'  {file} ...', flush=True)
        paths.append(fetch(client, release.repo, file, options))
        print(f'  {paths[-1]}\n  sha256 {sha256_of(paths[-1])}')
    if not convert or (name is not None and release.variant is None):
        print(f'fetched; use it with: efficientsam3 convert STUDENT_FILE --base {paths[0]}')
        return 0
    context: Any = release.context
    known = replace(
        conversion,
        variant=conversion.variant or release.variant,
        text=conversion.text or release.text,
        context=conversion.context or context,
    )
    convert_and_store(paths[0], paths[1:], known, output)
    return 0


def _release(name: str | None, source: Source) -> Release:
    """Return the release that the user means, with what the user says otherwise."""
    from efficientsam3_ros.model.weights.releases import RELEASES, Release

    if name is None:
        if not (source.repo and source.file):
            raise OptionError('Name a release (--list shows them), or both --repo and --file.')
        return Release(
            name=Path(source.file[0]).stem,
            title='chosen by --file',
            repo=source.repo,
            files=source.file,
        )
    known = RELEASES.get(name)
    if known is None:
        raise OptionError(
            f'There is no release "{name}"; known are {", ".join(RELEASES)}. Other files '
            'come with --repo and --file.'
        )
    return replace(known, repo=source.repo or known.repo, files=source.file or known.files)


def _teacher(folder: Path, release: Release, output: OutputOptions, copy: bool) -> int:
    """Copy a repository in transformers' layout out of the cache; it is used as it is."""
    if not copy:
        print(f'fetched into {folder}')
        return 0
    out = output.fresh()
    with replacing(out) as part:
        shutil.copytree(folder, part)
    print(f'{release.title} in {out}; training reads it as its teacher')
    return 0


def _listing() -> str:
    from efficientsam3_ros.model.weights.releases import RELEASES

    lines = [f'{"name":18} {"repository":30} what']
    for release in RELEASES.values():
        context = f', {release.context} tokens' if release.context else ''
        gated = ', gated' if release.gated else ''
        lines.append(f'{release.name:18} {release.repo:30} {release.title}{context}{gated}')
    return '\n'.join(lines)
