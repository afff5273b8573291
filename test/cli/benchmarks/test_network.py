"""The benchmark of necks and engines says what it compared with what."""

from __future__ import annotations

from efficientsam3_ros.cli.benchmarks.network import _conclusions
from efficientsam3_ros.cli.benchmarks.network_candidates import OURS, PARTS, UPSTREAM, Timing
from efficientsam3_ros.cli.main import USER_ERROR, main


def timing(neck: str, part: str, engine: str, gmac: float, seconds: float) -> Timing:
    return Timing(neck, 512, part, engine, gmac, (seconds, seconds, 99.0))


def test_engines_are_compared_with_upstreams_layout_and_with_ours():
    timings = []
    for part in PARTS:
        timings.append(timing('sam3', part, UPSTREAM, 40.0, 3.0))
        for neck, seconds in (('sam3', 2.0), ('lean', 0.5)):
            for engine, factor in ((OURS, 1.0), ('onnxruntime', 0.5), ('openvino', 0.25)):
                gmac = 30.0 if neck == 'sam3' else 8.0
                timings.append(timing(neck, part, engine, gmac, seconds * factor))
    lines = _conclusions(timings, (512,))
    assert 'onnxruntime 3.0x faster than torch in upstream' in lines[0]
    assert '2.0x than torch in ours' in lines[0] and 'lean encoder 4.0x faster' in lines[0]
    assert 'openvino 6.0x faster' in lines[1]
    assert '80.0 GMAC' in lines[2] and '60.0 folded, 16.0 lean: 5.0x fewer' in lines[2]


def test_no_round_is_no_measurement(capsys):
    assert main(['benchmark', 'network', '--rounds', '0']) == USER_ERROR
    assert 'Must be >= 1' in capsys.readouterr().err
