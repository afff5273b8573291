"""What the textured YCB scans are called, seen by eye on their textures.

Directory names are no phrases: here stands what people say. All colors of a line are true at once;
after a star they are those in which a scan of one color is drawn, one of them at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.simulation.packs.mesh import Finish
from efficientsam3_ros.simulation.vocabulary import Noun

FINISHES = {
    'carton': Finish(0.15, 0.3),
    'metal': Finish(0.7, 0.5),
    'gloss': Finish(0.5, 0.6),
    'plastic': Finish(0.3, 0.35),
    'matte': Finish(0.05, 0.1),
    'skin': Finish(0.2, 0.25),
}

# mesh | noun | colors | synonyms and wider nouns | finish; ~ marks what rolls.
_TABLE = """
002_master_chef_can | can | blue | tin, coffee can | metal
003_cracker_box | box | red | carton, cracker box | carton
004_sugar_box | box | yellow white | carton, sugar box | carton
005_tomato_soup_can | can | red white | tin, soup can | metal
006_mustard_bottle | bottle | yellow | mustard bottle | plastic
007_tuna_fish_can | can | blue | tin, tuna can | metal
008_pudding_box | box | brown | carton, pudding box | carton
009_gelatin_box | box | red | carton, gelatin box | carton
010_potted_meat_can | can | blue | tin, meat can | metal
011_banana | banana | yellow | fruit | skin
012_strawberry~ | strawberry | red | fruit | skin
013_apple~ | apple | red | fruit | gloss
014_lemon~ | lemon | yellow | fruit | skin
015_peach~ | peach | yellow orange | fruit | skin
016_pear~ | pear | green lime | fruit | skin
017_orange~ | orange | orange | fruit | skin
018_plum~ | plum | purple | fruit | gloss
019_pitcher_base | pitcher | * blue white red green yellow | jug | plastic
021_bleach_cleanser | bleach bottle | white | bottle, cleaner bottle | plastic
024_bowl | bowl | * red white blue green yellow orange black | | gloss
025_mug | mug | * red white yellow blue green black | cup, coffee mug | gloss
026_sponge | sponge | * yellow blue green pink | | matte
027_skillet | skillet | silver black | frying pan, pan | metal
029_plate | plate | * red white blue green black | dish | gloss
030_fork | fork | red | cutlery | metal
031_spoon | spoon | red | cutlery | metal
032_knife | knife | red | cutlery | metal
033_spatula | spatula | black | turner | plastic
035_power_drill | power drill | orange black | drill, tool | plastic
036_wood_block | block | brown | wooden block | matte
037_scissors | scissors | orange | | plastic
038_padlock | padlock | silver | lock | metal
040_large_marker | marker | black | pen | plastic
042_adjustable_wrench | wrench | silver | adjustable wrench, spanner, tool | metal
043_phillips_screwdriver | screwdriver | blue black | tool | plastic
044_flat_screwdriver | screwdriver | red black | tool | plastic
048_hammer | hammer | brown | tool | metal
050_medium_clamp | clamp | black | tool | plastic
051_large_clamp | clamp | black | tool | plastic
052_extra_large_clamp | clamp | black | tool | plastic
053_mini_soccer_ball~ | soccer ball | white purple | football, ball | gloss
054_softball~ | softball | lime | ball | matte
055_baseball~ | baseball | white | ball | matte
056_tennis_ball~ | tennis ball | lime | ball | matte
057_racquetball~ | ball | blue | rubber ball | matte
058_golf_ball~ | golf ball | white | ball | gloss
059_chain | chain | yellow | | plastic
061_foam_brick | brick | red | foam brick | matte
062_dice | die | white | dice | gloss
065-a_cups | cup | orange | | plastic
065-b_cups | cup | blue | | plastic
065-c_cups | cup | lime green | | plastic
065-d_cups | cup | yellow | | plastic
065-e_cups | cup | red | | plastic
065-f_cups | cup | purple | | plastic
065-g_cups | cup | orange | | plastic
065-h_cups | cup | blue | | plastic
065-i_cups | cup | lime green | | plastic
065-j_cups | cup | yellow | | plastic
070-b_colored_wood_blocks | block | blue | wooden block | gloss
071_nine_hole_peg_test | peg board | brown | board | matte
072-a_toy_airplane | toy airplane | green red yellow | airplane, toy | plastic
073-a_lego_duplo | toy brick | lime | duplo brick, toy | plastic
073-b_lego_duplo | toy brick | purple | duplo brick, toy | plastic
073-c_lego_duplo | toy brick | pink | duplo brick, toy | plastic
073-d_lego_duplo | toy brick | yellow | duplo brick, toy | plastic
073-e_lego_duplo | toy brick | blue | duplo brick, toy | plastic
073-f_lego_duplo | toy brick | yellow | duplo brick, toy | plastic
073-g_lego_duplo | toy brick | orange | duplo brick, toy | plastic
077_rubiks_cube | cube | blue red white yellow green | puzzle cube | plastic
"""

UNUSED = frozenset(
    {
        '022_windex_bottle',  # its neck is missing
        '028_skillet_lid',  # glass, of which the scan holds a broken rim
        '063-a_marbles',  # many things in one mesh
        '063-b_marbles',
        '070-a_colored_wood_blocks',
        '072-b_toy_airplane',  # parts of a toy that have no name of their own
        '072-c_toy_airplane',
        '072-d_toy_airplane',
        '072-e_toy_airplane',
    }
)
"""Scans that are broken, or have no name of their own."""


@dataclass(frozen=True)
class Words:
    """A line of the table.

    Attributes:
        noun: What it is called; ``noun.shape`` is the name of its mesh.
        finish: How its surface takes light.
    """

    noun: Noun
    finish: Finish


def _read_table() -> dict[str, Words]:
    found = {}
    for line in _TABLE.strip().splitlines():
        mesh, name, colors, also, finish = (part.strip() for part in line.split('|'))
        key = mesh.rstrip('~')
        wider = tuple(word.strip() for word in also.split(',') if word.strip())
        fixed = not colors.startswith('*')
        spoken = tuple(colors.removeprefix('*').split())
        noun = Noun(name, key, spoken, wider, patterned=fixed, rolls=mesh.endswith('~'))
        found[key] = Words(noun, FINISHES[finish])
    return found


WORDS = _read_table()
"""By the name of the mesh, without the prefix ``ycb_``."""
