"""``moveit_msgs`` and ``shape_msgs`` where they are not installed: the documented fields, checked.

An unknown field and a wrong type are refused, as rclpy's own messages do it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, ClassVar

import pytest


class Message:
    """Fields with types; what is not declared cannot be set."""

    fields: ClassVar[dict[str, type]] = {}

    def __init__(self) -> None:
        for name, kind in self.fields.items():
            object.__setattr__(self, name, kind())

    def __setattr__(self, name: str, value: Any) -> None:
        kind = self.fields.get(name)
        if kind is None:
            raise AttributeError(f'{type(self).__name__} has no field {name}')
        if not isinstance(value, kind):
            raise TypeError(f'{name} is a {kind.__name__}, got {value!r}')
        object.__setattr__(self, name, value)


class Time(Message):
    fields: ClassVar = {'sec': int, 'nanosec': int}


class Header(Message):
    fields: ClassVar = {'stamp': Time, 'frame_id': str}


class Point(Message):
    fields: ClassVar = {'x': float, 'y': float, 'z': float}


class Quaternion(Message):
    fields: ClassVar = {'x': float, 'y': float, 'z': float, 'w': float}


class Pose(Message):
    fields: ClassVar = {'position': Point, 'orientation': Quaternion}


class SolidPrimitive(Message):
    BOX, SPHERE, CYLINDER = 1, 2, 3
    fields: ClassVar = {'type': int, 'dimensions': list}


class CollisionObject(Message):
    ADD, REMOVE, APPEND, MOVE = b'\x00', b'\x01', b'\x02', b'\x03'
    fields: ClassVar = {
        'header': Header,
        'pose': Pose,
        'id': str,
        'primitives': list,
        'primitive_poses': list,
        'meshes': list,
        'mesh_poses': list,
        'operation': bytes,
    }


class PlanningSceneWorld(Message):
    fields: ClassVar = {'collision_objects': list}


class RobotState(Message):
    fields: ClassVar = {'is_diff': bool}


class PlanningScene(Message):
    fields: ClassVar = {
        'name': str,
        'robot_state': RobotState,
        'world': PlanningSceneWorld,
        'is_diff': bool,
    }


def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``import moveit_msgs.msg`` and its like find these messages."""
    for package, kinds in {
        'moveit_msgs': (CollisionObject, PlanningScene),
        'shape_msgs': (SolidPrimitive,),
        'geometry_msgs': (Pose,),
    }.items():
        module = ModuleType(f'{package}.msg')
        for kind in kinds:
            setattr(module, kind.__name__, kind)
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
        monkeypatch.setitem(sys.modules, f'{package}.msg', module)
