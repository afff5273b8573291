"""What a user is told of an error: cause and remedy, or that it is a bug of ours.

Readers wrap the errors of the libraries below them into their own error types, with a better
remedy than anything here; this is the net under all command lines.
"""

from __future__ import annotations

import dis
import errno
import json
from types import TracebackType

from efficientsam3_ros.core.errors.details import keep_details
from efficientsam3_ros.core.errors.one_line import one_line

USER_ERROR = 2
BUG = 70
"""Exit code of an error that nobody foresaw (``EX_SOFTWARE``)."""

OURS = ('efficientsam3_ros', 'training')

_READING = 'check the input with another program, and copy or record it again'
LIBRARIES = {
    'cv2': ('OpenCV', _READING),
    'av': ('PyAV', _READING),
    'PIL': ('Pillow', _READING),
    'rosbags': ('rosbags', 'check the bag with "ros2 bag info", and copy or record it again'),
    'mcap': ('mcap', 'check the bag with "mcap doctor", and copy or record it again'),
    'mcap_ros2': ('mcap', 'check the bag with "mcap doctor", and copy or record it again'),
    'sqlite3': ('SQLite', 'check the bag with "ros2 bag info", and copy or record it again'),
    'zstandard': ('Zstandard', 'the compressed file is cut or damaged; copy it again'),
    'lz4': ('LZ4', 'the compressed file is cut or damaged; copy it again'),
    'zlib': ('zlib', 'the compressed file is cut or damaged; copy it again'),
    'yaml': ('YAML', 'correct the file; indentation and colons matter'),
    'omegaconf': ('OmegaConf', 'correct the settings'),
    'cattrs': ('cattrs', 'correct the file, or make it again'),
    'pycocotools': ('pycocotools', 'the masks of the truth are damaged; export them again'),
    'pypcd4': ('pypcd4', 'check the point cloud with another program; save it again'),
    'onnxruntime': ('ONNX Runtime', 'check the bundle with "efficientsam3 doctor --engine"'),
    'openvino': ('OpenVINO', 'check the bundle with "efficientsam3 doctor --engine openvino"'),
    'tensorrt': ('TensorRT', 'check the bundle with "efficientsam3 doctor --engine tensorrt"'),
    'onnx': ('onnx', 'export the bundle again'),
    'torch': ('PyTorch', 'check the weights and the free memory'),
    'safetensors': ('safetensors', 'the weights are damaged; download or save them again'),
    'huggingface_hub': ('The model hub', 'check the connection, and try again'),
    'mujoco': ('MuJoCo', 'check the graphics driver, or set MUJOCO_GL=egl or osmesa'),
    'rclpy': ('ROS 2', 'check the sourced environment and the parameters'),
}
"""Package to its name and what to do when it fails on what it was given."""

# What the libraries that write files say of a full disk in errors of their own.
_FULL_DISK = ('No space left on device', 'File too large', 'disk is full', 'file write failed')

_OPERATING_SYSTEM = {
    errno.ENOENT: 'check the path',
    errno.EACCES: 'change its permissions, or choose another place',
    errno.EPERM: 'change its permissions, or choose another place',
    errno.EROFS: 'choose a place that can be written to',
    errno.ENOSPC: 'free some space, or choose another disk',
    errno.EDQUOT: 'free some space, or choose another disk',
    errno.EFBIG: 'raise the limit of file sizes, or choose another disk',
    errno.EMFILE: 'raise the limit of open files with "ulimit -n 4096"',
    errno.EIO: 'check the disk, and copy the file again',
    errno.ENAMETOOLONG: 'choose a shorter name',
    errno.ELOOP: 'the link points to itself; remove it',
}


def explained(error: BaseException) -> str | None:
    """Return cause and remedy of an error as one line; None if nobody foresaw it.

    Foreseen are all error types of ours, every ``raise`` of ours, the libraries that read
    foreign files, and what the machine lacks.
    """
    if _package(type(error).__module__) in OURS:
        return one_line(error)
    if (library := _library(error)) is not None:
        name, remedy = LIBRARIES[library]
        if any(words in str(error) for words in _FULL_DISK):
            remedy = _OPERATING_SYSTEM[errno.ENOSPC]
        return f'{name} failed: {one_line(error).rstrip(".")}; {remedy}.'
    if isinstance(error, MemoryError):
        return 'The memory does not suffice; use smaller pictures, or close other programs.'
    if isinstance(error, RecursionError):
        return 'What was read is nested too deeply; check that the file is what it should be.'
    if isinstance(error, OverflowError):
        return f'A number is too large ({one_line(error)}); check the options and the input.'
    if isinstance(error, UnicodeError):
        return f'A text is not UTF-8 ({one_line(error)}); save the file or write the name anew.'
    if isinstance(error, json.JSONDecodeError):
        return f'A file is not JSON ({one_line(error)}); copy or make it again.'
    if isinstance(error, OSError) and error.strerror:
        return _system_error(error)
    if isinstance(error, (OSError, ImportError)) or _raised_by_us(error):
        return one_line(error)
    return None


def report(error: Exception, quiet: bool = False) -> tuple[str, int]:
    """Return what a user is told of an error, one line, and the exit code.

    Args:
        error: Whatever came up to a command line or a worker process.
        quiet: Keep no file with the details of a bug.
    """
    if (text := explained(error)) is not None:
        return text, USER_ERROR
    path = None if quiet else keep_details(error)
    place = f'report it with {path}' if path else 'run it again with --debug and report that'
    what = f'{type(error).__name__}: {one_line(error)}'
    return f'This is a bug of efficientsam3 ({what}); please {place}.', BUG


def _package(module: str | None) -> str:
    return (module or '').partition('.')[0]


def _library(error: BaseException) -> str | None:
    """Return the library that an error type belongs to, or in whose code it was raised."""
    names = [_package(kind.__module__) for kind in type(error).__mro__]
    last = _last_entry(error)
    if last is not None:
        names.append(_package(last.tb_frame.f_globals.get('__name__')))
    return next((name for name in names if name in LIBRARIES), None)


def _raised_by_us(error: BaseException) -> bool:
    """Tell whether a ``raise`` statement of ours made the error, whose text is then a sentence.

    What an operation inside our code raised (an index, a key, a shape) tells users nothing.
    """
    last = _last_entry(error)
    if last is None or not isinstance(error, (ValueError, RuntimeError, TypeError)):
        return False
    frame = last.tb_frame
    if _package(frame.f_globals.get('__name__')) not in (*OURS, '__main__'):
        return False
    return dis.opname[frame.f_code.co_code[last.tb_lasti]] == 'RAISE_VARARGS'


def _last_entry(error: BaseException) -> TracebackType | None:
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry


def _system_error(error: OSError) -> str:
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    remedy = _OPERATING_SYSTEM.get(error.errno or 0, 'check the path and the disk')
    text = one_line(OSError(': '.join([*names, str(error.strerror)])))
    return f'{text}; {remedy}.'
