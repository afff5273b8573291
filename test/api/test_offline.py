"""A robot without a connection tracks."""

from __future__ import annotations

import socket

import pytest
from recipe_page import picture

import efficientsam3_ros as es3


def test_loading_and_tracking_open_no_connection(monkeypatch):
    def refuse(*_, **__):
        raise OSError('there is no network')

    monkeypatch.setattr(socket.socket, 'connect', refuse)
    monkeypatch.setattr(socket, 'getaddrinfo', refuse)
    with pytest.raises(OSError, match='no network'):
        socket.create_connection(('localhost', 1))
    with es3.Tracker(prompts=['red mug']) as tracker:
        assert [item.concept for item in tracker.step(picture(0))] == ['red mug']
        tracker.set_prompts(['blue bowl'])
        assert [item.concept for item in tracker.step(picture(1))] == ['blue bowl']
