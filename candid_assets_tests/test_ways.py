"""How many ways were tried, counted by way and not by test."""

from candid_assets_tests.agent.tasks.shapes import SHAPES
from candid_assets_tests.ways import (
    AROUND,
    HOSTILE,
    INTO,
    MUST,
    NO_WAYS,
    ONE_WAY,
    attempts,
    ways,
)


def test_sixty_ways_around_the_gate_are_tried():
    assert len(ways(AROUND)) >= 60


def test_a_hundred_and_twenty_ways_into_the_webserver_are_tried_including_the_known_ones():
    assert len(ways(INTO)) >= 75
    assert attempts(INTO) >= 120
    assert set(MUST.values()) <= ways(INTO).keys()


def test_sixty_hostile_inputs_are_tried():
    assert attempts(HOSTILE) >= 60


def test_twenty_shapes_of_tasks_are_tried():
    assert len({shape.name for shape in SHAPES}) >= 20
    assert len({shape.text for shape in SHAPES}) == len(SHAPES)


def test_every_name_on_the_lists_is_a_test():
    tried = ways(AROUND) | ways(INTO)
    ids = {i.partition("::test_")[2] for tests in tried.values() for i in tests}
    assert ONE_WAY.keys() <= ids
    assert set(ONE_WAY.values()) <= ids
    assert not NO_WAYS & ids
