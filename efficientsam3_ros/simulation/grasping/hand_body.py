"""Adds the gripper to a scene."""

from __future__ import annotations

import mujoco

from efficientsam3_ros.simulation.grasping.hand_shape import HandShape

HAND, TARGET = 'hand', 'hand_target'
FINGERS, PADS = ('finger_0', 'finger_1'), ('pad_0', 'pad_1')
OPENING = 'opening'
PARKED = (0.0, 0.0, -4.0)
"""Below the floor, where nothing is."""
_PALM, _DARK, _RUBBER = (0.3, 0.32, 0.4, 0.3), (0.16, 0.17, 0.2, 1), (0.9, 0.35, 0.1, 1)
_FINGER_KG, _PALM_KG = 0.05, 0.7
_STIFFNESS = 4000.0
_DAMPING = 40.0
_WELD_REFERENCE = (0.008, 1.0)
_WELD_IMPEDANCE = (0.95, 0.999, 0.0005, 0.5, 2.0)


def add_hand(spec: mujoco.MjSpec, shape: HandShape) -> None:
    """Add a free hand that follows a target pose, and its fingers, which follow an opening.

    The hand weighs nothing (an arm would carry it), and pushes back when it is pushed. Half of the
    opening is the coordinate of each finger; both are coupled, as by the gear of a real gripper.
    """
    spec.worldbody.add_body(name=TARGET, mocap=True, pos=PARKED)
    hand = spec.worldbody.add_body(name=HAND, pos=PARKED, gravcomp=1)
    hand.add_freejoint(name=HAND)
    palm = [shape.palm_height / 2, shape.palm_width / 2, shape.palm_depth / 2]
    hand.add_geom(
        name='palm',
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=palm,
        pos=[0, 0, -shape.finger_length - palm[2]],
        rgba=_PALM,
        mass=_PALM_KG,
    )
    for index, side in enumerate((-1, 1)):
        _add_finger(hand, shape, index, side)
    _add_drive(spec, shape)


def _add_finger(hand: mujoco.MjsBody, shape: HandShape, index: int, side: int) -> None:
    finger = hand.add_body(name=FINGERS[index], gravcomp=1)
    finger.add_joint(
        name=FINGERS[index],
        type=mujoco.mjtJoint.mjJNT_SLIDE,
        axis=[0, side, 0],
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        range=[0, shape.opening / 2],
        damping=_DAMPING,
    )
    width, length = shape.finger_width / 2, shape.finger_length / 2
    back, pad = shape.finger_thickness - shape.pad_thickness, shape.pad_thickness
    box = mujoco.mjtGeom.mjGEOM_BOX
    finger.add_geom(
        type=box,
        size=[width, back / 2, length],
        pos=[0, side * (pad + back / 2), -length],
        rgba=_DARK,
        mass=_FINGER_KG,
    )
    finger.add_geom(
        name=PADS[index],
        type=box,
        size=[width, pad / 2, length],
        pos=[0, side * pad / 2, -length],
        rgba=_RUBBER,
        mass=_FINGER_KG / 10,
        # Rubber decides, whatever the object's own coefficient is.
        priority=1,
        condim=4,
        friction=[shape.friction, shape.torsion, 0.0001],
    )


def _add_drive(spec: mujoco.MjSpec, shape: HandShape) -> None:
    """Add what moves the hand, and what moves the fingers."""
    weld = spec.add_equality(name=HAND, type=mujoco.mjtEq.mjEQ_WELD)
    weld.objtype = mujoco.mjtObj.mjOBJ_BODY
    weld.name1, weld.name2 = TARGET, HAND
    weld.data[:11] = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    weld.solref, weld.solimp = _WELD_REFERENCE, _WELD_IMPEDANCE
    gear = spec.add_equality(name=OPENING, type=mujoco.mjtEq.mjEQ_JOINT)
    gear.objtype = mujoco.mjtObj.mjOBJ_JOINT
    gear.name1, gear.name2 = FINGERS
    gear.data[:2] = [0, 1]
    gear.solref, gear.solimp = _WELD_REFERENCE, _WELD_IMPEDANCE
    for name in FINGERS:
        drive = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        drive.set_to_position(kp=_STIFFNESS)
        drive.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
        drive.forcerange = [-shape.force, shape.force]
    for index in (0, 1):
        spec.add_exclude(bodyname1=HAND, bodyname2=FINGERS[index])
