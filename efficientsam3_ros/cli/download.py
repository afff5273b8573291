"""``efficientsam3 download``: released weights from the model hub, checked and converted."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
import shutil
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.convert import add_expectations, convert_and_store, expectations
from efficientsam3_ros.cli.support.options import OptionError, fresh
from efficientsam3_ros.core.atomic import replacing

if TYPE_CHECKING:
    from efficientsam3_ros.model.weights.hub import HubClient, HubOptions
    from efficientsam3_ros.model.weights.releases import Release

EXAMPLES = """\
  efficientsam3 download --list
  efficientsam3 download es_ev_m
  efficientsam3 download es_tv_l --revision 85b0589 --out weights/es_tv_l --report
  efficientsam3 download sam3 --token hf_... --out sam3
  efficientsam3 download es_ev_m --offline
  efficientsam3 download --repo me/mine --file student.pt --context 16 --out mine"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument('name', nargs='?', help='release, see --list')
    parser.add_argument('--list', action='store_true', help='print the known releases')
    parser.add_argument('--out', type=Path, help='folder for the weights (the name)')
    parser.add_argument('--force', action='store_true', help='replace an existing --out')
    hub = parser.add_argument_group('model hub')
    hub.add_argument('--repo', help='repository, instead of the known one')
    hub.add_argument(
        '--file',
        action='append',
        default=[],
        help="file in the repository, the student's first; repeat it for files that fill its gaps",
    )
    hub.add_argument('--revision', help='branch, tag or commit; a commit pins the content')
    hub.add_argument('--token', help='access token, for gated or private repositories')
    hub.add_argument('--cache', type=Path, help="folder of the cache (the hub's usual one)")
    hub.add_argument('--offline', action='store_true', help='use only what the cache holds')
    conversion = parser.add_argument_group('conversion')
    add_expectations(conversion)
    conversion.add_argument('--report', action='store_true', help='print what became of every key')
    conversion.add_argument(
        '--keep-tracker',
        action='store_true',
        help="store SAM 3's tracker as well, if there is one",
    )
    conversion.add_argument(
        '--no-convert', action='store_true', help='only fetch, and print where the files lie'
    )


def run(arguments: argparse.Namespace) -> int:
    """Fetch, check, convert."""
    from efficientsam3_ros.model.weights.hub import HubOptions, default_client

    if arguments.list:
        print(_listing())
        return 0
    release = _release(arguments)
    options = HubOptions(arguments.revision, arguments.token, arguments.cache, arguments.offline)
    client = default_client()
    if release.files:
        return _student(client, release, options, arguments)
    return _teacher(client, release, options, arguments)


def _release(arguments: argparse.Namespace) -> Release:
    """Return the release that the user means, with what the user says otherwise."""
    from efficientsam3_ros.model.weights.releases import RELEASES, Release

    if arguments.name is None:
        if not (arguments.repo and arguments.file):
            raise OptionError('Name a release (--list shows them), or both --repo and --file.')
        return Release(
            name=Path(arguments.file[0]).stem,
            title='chosen by --file',
            repo=arguments.repo,
            files=tuple(arguments.file),
        )
    known = RELEASES.get(arguments.name)
    if known is None:
        raise OptionError(
            f'There is no release "{arguments.name}"; known are {", ".join(RELEASES)}. Other '
            'files come with --repo and --file.'
        )
    return replace(
        known, repo=arguments.repo or known.repo, files=tuple(arguments.file) or known.files
    )


def _student(
    client: HubClient, release: Release, options: HubOptions, arguments: argparse.Namespace
) -> int:
    from efficientsam3_ros.model.weights.conversion import Request
    from efficientsam3_ros.model.weights.hub import fetch
    from efficientsam3_ros.model.weights.safe_load import sha256_of

    paths = []
    for file in release.files:
        print(f'{release.repo}/{file} ...', flush=True)
        paths.append(fetch(client, release.repo, file, options))
        print(f'  {paths[-1]}\n  sha256 {sha256_of(paths[-1])}')
    is_student = release.variant is not None or arguments.name is None
    if arguments.no_convert or not is_student:
        print(f'fetched; use it with: efficientsam3 convert STUDENT_FILE --base {paths[0]}')
        return 0
    said = expectations(arguments)
    request = Request(
        said.variant or release.variant,
        said.text or release.text,
        said.context or release.context,
    )
    arguments.out = arguments.out or Path(release.name)
    convert_and_store(paths[0], paths[1:], request, arguments)
    return 0


def _teacher(
    client: HubClient, release: Release, options: HubOptions, arguments: argparse.Namespace
) -> int:
    """Copy a repository in transformers' layout out of the cache; it is used as it is."""
    from efficientsam3_ros.model.weights.hub import fetch_folder

    print(f'{release.repo} ...', flush=True)
    folder = fetch_folder(client, release.repo, options)
    if arguments.no_convert:
        print(f'fetched into {folder}')
        return 0
    out = fresh(arguments.out or Path(release.name), arguments.force)
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
