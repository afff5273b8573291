"""Topics are found by type and name; what is unclear is asked for."""

import pytest

from efficientsam3_ros.bags import BagError, BagTopics
from efficientsam3_ros.bags import topics as bag_topics

IMAGE, INFO = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CameraInfo'
INSTANCES = 'efficientsam3_ros/msg/InstanceArray'


class Bag:
    def __init__(self, **topics):
        self.topics = {f'/{name.replace("__", "/")}': kind for name, kind in topics.items()}

    def image_topic(self):
        return '/front/image'

    def shows_ids(self, topic):
        return True


def find_topics(bag: Bag, asked: BagTopics) -> BagTopics:
    return bag_topics.find_topics(bag.topics, bag.image_topic, bag.shows_ids, asked)


FULL = {
    'front__image': IMAGE,
    'front__depth': IMAGE,
    'front__camera_info': INFO,
    'rear__camera_info': INFO,
    'rear__depth': IMAGE,
    'front__ground_truth': INSTANCES,
    'front__ground_truth__labels': IMAGE,
    'tracker__instances': INSTANCES,
}


def test_topics_of_the_same_camera_belong_together():
    found = find_topics(Bag(**FULL), BagTopics())
    assert found == BagTopics(
        '/front/image', '/front/ground_truth', '/front/depth', '/front/camera_info'
    )


def test_named_topics_win_and_missing_ones_are_refused():
    found = find_topics(Bag(**FULL), BagTopics(truth='/tracker/instances', depth='/rear/depth'))
    assert (found.truth, found.depth) == ('/tracker/instances', '/rear/depth')
    with pytest.raises(BagError, match='/nope is not in the bag'):
        find_topics(Bag(**FULL), BagTopics(camera_info='/nope'))


def test_label_image_serves_where_there_are_no_instances_and_nothing_is_invented():
    labels = Bag(front__image=IMAGE, gt__labels=IMAGE)
    assert find_topics(labels, BagTopics()).truth == '/gt/labels'
    plain = find_topics(Bag(front__image=IMAGE, tracker__instances=INSTANCES), BagTopics())
    assert plain == BagTopics('/front/image')


def test_two_truths_are_not_guessed():
    bag = Bag(front__image=IMAGE, a__truth=INSTANCES, b__truth=INSTANCES)
    with pytest.raises(BagError, match='Several truth topics: /a/truth, /b/truth'):
        find_topics(bag, BagTopics())


def test_truth_is_truth_by_type_and_name_together():
    gt_box = Bag(front__image=IMAGE, gt_box__zed__depth__image=IMAGE, gt_box__rgb__image=IMAGE)
    assert find_topics(gt_box, BagTopics()).truth is None
    for other in ('gtsam__instances', 'tracker__truthful'):
        assert (
            find_topics(Bag(front__image=IMAGE, **{other: INSTANCES}), BagTopics()).truth is None
        )
    pictures = Bag(front__image=IMAGE, gt__image=IMAGE)
    pictures.shows_ids = lambda topic: False
    assert find_topics(pictures, BagTopics()).truth is None
