"""``efficientsam3 download``: released weights from the model hub, checked and converted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import shutil
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Group, Parameter

from efficientsam3_ros.cli.convert import ConversionOptions
from efficientsam3_ros.cli.convert import run as convert_files
from efficientsam3_ros.cli.support.options import OptionError, OutputOptions, Switch
from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.model.weights.hub import HubOptions

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

_HUB = Group('Model hub', sort_key=2)


@app.default
def run(
    name: str | None = None,
    /,
    *,
    listing: Annotated[bool, Parameter(name='--list')] = False,
    out: Path | None = None,
    force: bool = False,
    convert: Switch = True,
    repo: Annotated[str | None, Parameter(group=_HUB)] = None,
    file: Annotated[tuple[str, ...], Parameter(group=_HUB)] = (),
    hub: Annotated[HubOptions, Parameter(name='*', group=_HUB)] = HubOptions(),
    conversion: ConversionOptions = ConversionOptions(),
) -> int:
    """Fetch, check, convert.

    Args:
        name: Release, see --list.
        listing: Print the known releases.
        out: Folder for the weights; the name if absent.
        force: Replace earlier weights there.
        convert: Convert what was fetched; else only print where the files lie.
        repo: Repository, instead of the known one.
        file: File in the repository, the student's first; repeat it for files that fill its gaps.
        hub: How the files are fetched.
        conversion: What is known of them.
    """
    from efficientsam3_ros.model.weights.hub import default_client, fetch, fetch_folder

    if listing:
        print(_listing())
        return 0
    release = _release(name, repo, file)
    output = OutputOptions(out=out or Path(release.name), force=force)
    whole = name is None or release.variant is not None
    if convert and (whole or not release.files):
        # Gigabytes later it would be too late to say so.
        output.checked((), ResultKind.WEIGHTS if release.files else ResultKind.TEACHER)
    client = default_client()
    print(f'{release.repo} ...', flush=True)
    if not release.files:
        return _teacher(fetch_folder(client, release.repo, hub), release, output, convert)
    paths = []
    for path in release.files:
        print(f'  {path} ...', flush=True)
        paths.append(fetch(client, release.repo, path, hub))
        print(f'  {paths[-1]}\n  sha256 {file_sha256(paths[-1])}')
    if not (convert and whole):
        print(f'fetched; use it with: efficientsam3 convert STUDENT_FILE --base {paths[0]}')
        return 0
    context: Any = release.context
    known = replace(
        conversion,
        variant=conversion.variant or release.variant,
        text=conversion.text or release.text,
        context=conversion.context or context,
    )
    return convert_files(paths[0], base=tuple(paths[1:]), output=output, conversion=known)


def _release(name: str | None, repo: str | None, files: tuple[str, ...]) -> Release:
    """Return the release that the user means, with what the user says otherwise."""
    from efficientsam3_ros.model.weights.releases import RELEASES, Release

    if name is None:
        if not (repo and files):
            raise OptionError('Name a release (--list shows them), or both --repo and --file.')
        return Release(Path(files[0]).stem, 'chosen by --file', repo, files)
    known = RELEASES.get(name)
    if known is None:
        raise OptionError(
            f'There is no release "{name}"; known are {", ".join(RELEASES)}. Other files '
            'come with --repo and --file.'
        )
    return replace(known, repo=repo or known.repo, files=files or known.files)


def _teacher(folder: Path, release: Release, output: OutputOptions, copy: bool) -> int:
    """Copy a repository in transformers' layout out of the cache; it is used as it is."""
    if not copy:
        print(f'fetched into {folder}')
        return 0
    with replacing(output.checked([folder], ResultKind.TEACHER)) as part:
        shutil.copytree(folder, part)
        mark_folder(part, ResultKind.TEACHER)
    print(f'{release.title} in {output.out}; training reads it as its teacher')
    return 0


def _listing() -> str:
    from efficientsam3_ros.model.weights.releases import RELEASES

    lines = [f'{"name":18} {"repository":30} what']
    for release in RELEASES.values():
        context = f', {release.context} tokens' if release.context else ''
        gated = ', gated' if release.gated else ''
        lines.append(f'{release.name:18} {release.repo:30} {release.title}{context}{gated}')
    return '\n'.join(lines)
