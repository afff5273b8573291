from __future__ import annotations

from pathlib import Path
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

import efficientsam3_ros
import efficientsam3_ros.api
from efficientsam3_ros.core import Manifest

ROOT = Path(__file__).resolve().parent.parent
BUNDLES = [path.parent for path in ROOT.glob('efficientsam3_ros/bundles/*/manifest.json')]
PAGES = [*ROOT.glob('*.md'), *ROOT.glob('docs/**/*.md')]
PAGES += ROOT.glob('efficientsam3_ros/bundles/*/README.md')
HEAVY = ('numpy', 'torch', 'timm', 'rclpy', 'cv2', 'onnxruntime', 'mujoco')

MACHINE_PATH = re.compile(r'(?<![\w.~$}])/(?:tmp|root|work|home/\w+)/')
INDEX_HOST = re.compile(r'pypi\W?\.org|python(?:hosted)\W?\.org|download\.py(?:torch)\.')
EXECUTABLE = re.compile(r'^install_executable\((\w+) ([\w.]+) (.+)\)$', re.MULTILINE)
LINK = re.compile(r'\]\(([^)\s#]+)|<img[^>]*src="([^"]+)"')


def loaded_after(statement: str, names: tuple[str, ...]) -> str:
    code = f'{statement}\nimport sys\nprint(*[n for n in {names!r} if n in sys.modules])'
    command = [sys.executable, '-c', code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


def tracked_files() -> list[Path]:
    try:
        command = ['git', '-C', str(ROOT), 'ls-files', '-z']
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip('not a git work tree')
    return [ROOT / name for name in done.stdout.split('\0') if name]


def read_text(path: Path) -> str:
    """Return the text of a file, nothing if it is binary or was just deleted."""
    try:
        return path.read_text()
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return ''


def test_import_is_light() -> None:
    assert loaded_after('import efficientsam3_ros', HEAVY) == ''
    assert loaded_after('import efficientsam3_ros\ndir(efficientsam3_ros)', HEAVY) == ''


def test_names_of_the_front_door_are_there_when_asked_for() -> None:
    # The list is written twice, so that the package can answer without loading the room.
    assert efficientsam3_ros.__all__ == efficientsam3_ros.api.__all__
    assert set(efficientsam3_ros.__all__) < set(dir(efficientsam3_ros))
    for name in efficientsam3_ros.__all__:
        assert getattr(efficientsam3_ros, name) is getattr(efficientsam3_ros.api, name)
    with pytest.raises(AttributeError, match="no attribute 'Trackers'"):
        _ = efficientsam3_ros.Trackers


def test_the_front_door_needs_no_more_than_the_runtime() -> None:
    use = 'import efficientsam3_ros as es3\nes3.Tracker, es3.video, es3.draw'
    assert (
        loaded_after(use, ('torch', 'rclpy', 'scipy', 'mujoco', 'tqdm', 'yaml', 'cyclopts')) == ''
    )


@pytest.mark.parametrize(
    'room',
    [
        *('adapters', 'api', 'bags', 'engine', 'evaluation', 'media', 'scene3d', 'simulation'),
        'tracking',
    ],
)
def test_a_robot_side_room_loads_neither_torch_nor_ros(room: str) -> None:
    if room == 'simulation':
        pytest.importorskip('mujoco')
    heavy = ('torch', 'timm', 'rclpy')
    assert loaded_after(f'import efficientsam3_ros.{room}', heavy) == ''


def test_version_is_the_same_everywhere() -> None:
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    assert package.findtext('version') == efficientsam3_ros.__version__
    assert package.findtext('license') == 'Apache-2.0'


def test_licence_and_notice() -> None:
    assert 'TERMS AND CONDITIONS FOR USE, REPRODUCTION' in (ROOT / 'LICENSE').read_text()
    notice = (ROOT / 'NOTICE').read_text()
    # The two sources whose licences ask to be named.
    assert 'YCB' in notice
    assert 'MIT License' in notice


@pytest.mark.parametrize('pattern', [MACHINE_PATH, INDEX_HOST], ids=['paths', 'hosts'])
def test_no_tracked_file_names_one_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f'{path.relative_to(ROOT)}:{number}: {line.strip()}'
        for path in tracked_files()
        for number, line in enumerate(read_text(path).splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, '\n'.join(found)


@pytest.mark.parametrize('folder', BUNDLES, ids=lambda path: path.name)
def test_bundle_is_intact_small_and_licensed(folder: Path) -> None:
    manifest = Manifest.load(folder, verify=True)
    assert manifest.name == folder.name
    assert manifest.license
    assert (folder / 'README.md').is_file(), 'a model card belongs to a bundle'
    size = sum(path.stat().st_size for path in folder.rglob('*') if path.is_file())
    assert size <= 20 * 1000**2


@pytest.mark.parametrize('page', PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    targets = [first or second for first, second in LINK.findall(page.read_text())]
    relative = [target for target in targets if '://' not in target and 'mailto:' not in target]
    broken = [target for target in relative if not (page.parent / target).exists()]
    assert not broken


@pytest.mark.parametrize(
    ('text', 'pattern', 'hit'),
    [
        ('see /' + 'tmp/x', MACHINE_PATH, True),
        ('data/wo' + 'rk/x', MACHINE_PATH, False),
        ('https://py' + 'pi.org/simple', INDEX_HOST, True),
        ('cmake/pypi_ros_wheels.cmake', INDEX_HOST, False),
    ],
)
def test_the_scan_would_find_it(text: str, pattern: re.Pattern[str], hit: bool) -> None:
    assert bool(pattern.search(text)) is hit


def test_colcon_installs_every_command_where_ros_and_shells_look() -> None:
    text = (ROOT / 'CMakeLists.txt').read_text()
    found = {name: (module, folders) for name, module, folders in EXECUTABLE.findall(text)}
    scripts = dict(
        re.findall(r"f'(\w+) = \{NAME\}\.([\w.]+):main'", (ROOT / 'setup.py').read_text())
    )
    assert {name: module for name, (module, _) in found.items()} == scripts
    assert all('lib/${PROJECT_NAME}' in folders for _, folders in found.values())
    assert found['efficientsam3'][1].split()[-1] == 'bin'


@pytest.mark.parametrize(
    ('name', 'line'),
    [
        ('Containerfile', 'STOPSIGNAL SIGINT'),
        ('efficientsam3_tracker.service', 'KillSignal=SIGINT'),
    ],
)
def test_ros2_launch_is_stopped_by_the_signal_that_ends_its_nodes(name: str, line: str) -> None:
    assert line in (ROOT / 'docs' / name).read_text().splitlines()


def test_systemd_reads_the_unit() -> None:
    command = shutil.which('systemd-analyze')
    if command is None:
        pytest.skip('needs systemd')
    unit = ROOT / 'docs' / 'efficientsam3_tracker.service'
    done = subprocess.run([command, 'verify', str(unit)], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if 'Failed to' in said and unit.name not in said:
        pytest.skip(f'systemd does not work here: {said[:200]}')
    assert (done.returncode, said) == (0, '')
