"""docs/Containerfile, as far as it can be checked without a container engine."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
import re
import shlex
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from rooms import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / 'docs' / 'Containerfile').read_text()
SOURCE = '/ws/src/efficientsam3_ros'
IN_BASE = {
    *('builtin_interfaces', 'std_msgs', 'sensor_msgs', 'diagnostic_msgs', 'std_srvs'),
    *('rosidl_default_runtime', 'rclpy', 'lifecycle_msgs', 'rcl_interfaces'),
    *('launch', 'launch_ros', 'action_msgs', 'geometry_msgs', 'tf2_ros', 'visualization_msgs'),
}
"""Packages of ros:jazzy-ros-base."""
BY_PIP = {'python3-av': 'av', 'python3-pil': 'pillow'}


def instructions() -> list[tuple[str, str]]:
    """Return word and rest of each instruction, lines joined."""
    lines = '\n'.join(line for line in TEXT.splitlines() if not line.startswith('#'))
    joined = re.sub(r'\\\n\s*', ' ', lines)
    return [(w, rest) for w, _, rest in (x.partition(' ') for x in joined.splitlines() if x)]


def of(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def words_behind(command: str) -> list[str]:
    """Return what a RUN installs with a command."""
    (run,) = [rest for rest in of('RUN') if command in rest]
    words = shlex.split(run.partition(command)[2].partition('&&')[0])
    return [word for word in words if not word.startswith('-')]


def requirements() -> list[str]:
    (call,) = [
        node
        for node in ast.walk(ast.parse((ROOT / 'setup.py').read_text()))
        if isinstance(node, ast.keyword) and node.arg == 'install_requires'
    ]
    found: list[str] = ast.literal_eval(call.value)
    return found


def name_of(requirement: str) -> str:
    return re.split(r'[<>=]', requirement)[0]


def test_every_instruction_is_known():
    known = {'FROM', 'RUN', 'WORKDIR', 'COPY', 'ENV', 'ENTRYPOINT', 'STOPSIGNAL', 'CMD'}
    assert {name for name, _ in instructions()} <= known
    assert instructions()[0] == ('FROM', 'docker.io/library/ros:jazzy-ros-base')


def test_pip_brings_what_setup_py_asks_for_and_apt_does_not_have():
    by_pip = words_behind('pip install')
    asked = [r for r in requirements() if name_of(r) not in ('numpy', 'opencv-python-headless')]
    assert sorted(by_pip) == sorted([*asked, 'numpy<2'])
    manual = ''.join((ROOT / name).read_text() for name in ('README.md', 'docs/installation.md'))
    lines = re.findall(r'^pip install (onnxruntime .*)$', manual, re.MULTILINE)
    assert len(lines) > 1
    for line in lines:
        words = shlex.split(line, comments=True)
        assert {name_of(word) for word in words} == {name_of(word) for word in by_pip}


def test_apt_brings_what_package_xml_asks_for():
    apt, by_pip = words_behind('apt-get install'), words_behind('pip install')
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    for tag in ('depend', 'exec_depend'):
        for name in [element.text or '' for element in package.iter(tag)]:
            if name in BY_PIP:
                assert BY_PIP[name] in map(name_of, by_pip)
            elif name not in IN_BASE:
                assert {name, f'ros-jazzy-{name.replace("_", "-")}'} & set(apt), name


def test_paths_that_are_copied_and_named_exist():
    assert of('WORKDIR') == ['/ws'] and of('COPY') == [f'. {SOURCE.removeprefix("/ws/")}']
    named = re.findall(rf'{SOURCE}/([^\s"]+)', TEXT)
    assert named and all((ROOT / name).is_file() for name in named)
    left_out = (ROOT / '.dockerignore').read_text().splitlines()
    assert {'.git', '.venv*', 'output'} <= set(left_out)
    needed = {'efficientsam3_ros', 'launch', 'config', 'msg', 'srv', 'action', 'cmake'}
    assert not needed & set(left_out)


def test_the_command_starts_a_launch_file_that_is_installed():
    ros2, verb, package, file = json.loads(of('CMD')[0])
    name = ElementTree.parse(ROOT / 'package.xml').getroot().findtext('name')
    assert (ros2, verb, package) == ('ros2', 'launch', name)
    assert (ROOT / 'launch' / file).is_file()
    assert 'install(DIRECTORY launch config' in (ROOT / 'CMakeLists.txt').read_text()


def test_the_entry_point_sources_both_and_becomes_the_command(tmp_path):
    entry = json.loads(of('ENTRYPOINT')[0])
    for path, line in (
        ('/opt/efficientsam3/bin/activate', 'export ONE=1'),
        ('/ws/install/setup.bash', 'export TWO=2'),
    ):
        (tmp_path / Path(path).name).write_text(f'{line}\n')
        assert path in entry[2]
        entry[2] = entry[2].replace(path, str(tmp_path / Path(path).name))
    code = 'import os, sys; print(os.getpid(), os.environ["ONE"] + os.environ["TWO"], sys.argv[1])'
    with subprocess.Popen(
        [*entry, sys.executable, '-c', code, 'red mug'], stdout=subprocess.PIPE, text=True
    ) as process:
        said = process.communicate()[0]
    # The same process gets the container's signal.
    assert said.split() == [str(process.pid), '12', 'red', 'mug']
    (stop,) = of('STOPSIGNAL')
    assert signal.Signals[stop] is signal.SIGINT


def test_launch_files_need_nothing_that_only_the_environment_has():
    # ros2 runs with the system's interpreter, which does not see what pip installed.
    pytest.importorskip('yaml', reason='needs PyYAML')
    by_apt = ('numpy', 'opencv-python-headless')
    hidden = [name_of(r) for r in requirements() if name_of(r) not in by_apt]
    modules = ['PIL' if name == 'pillow' else name for name in hidden]
    imports = [
        line
        for path in sorted((ROOT / 'launch').glob('*.launch.py'))
        for line in path.read_text().splitlines()
        if line.startswith('from efficientsam3_ros')
    ]
    code = (
        'import sys\nimport pytest\nfrom launch_stand_in import pretend_launch\n'
        'pretend_launch(pytest.MonkeyPatch())\n'
        f'sys.modules.update(dict.fromkeys({modules!r}))\n'
    )
    command = [sys.executable, '-c', code + '\n'.join(imports)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | VARIABLES)
    assert imports and done.returncode == 0, done.stderr
