"""How many ways were tried, counted by way and not by test."""

from candid_assets_tests.agent.tasks.shapes import SHAPES
from candid_assets_tests.ways import AROUND, INTO, MUST, NO_WAYS, ONE_WAY, ways


def test_twenty_five_ways_around_the_gate_are_tried():
    assert len(ways(AROUND)) >= 25


def test_at_least_thirty_attacks_on_the_webserver_are_tested_including_the_known_ones():
    paths = ways(INTO)
    assert len(paths) >= 30
    assert set(MUST.values()) <= paths.keys()


def test_twenty_shapes_of_tasks_are_tried():
    assert len({shape.name for shape in SHAPES}) >= 20
    assert len({shape.text for shape in SHAPES}) == len(SHAPES)


def test_every_name_on_the_lists_is_a_test():
    tried = ways(AROUND) | ways(INTO)
    ids = {i.partition("::test_")[2] for tests in tried.values() for i in tests}
    assert ONE_WAY.keys() <= ids
    assert set(ONE_WAY.values()) <= ids
    assert not NO_WAYS & ids
