"""Each word of tasks has one meaning."""

from candid_assets.agent.task_words import task_words
from candid_assets.agent.tasks.status_words import status_of, status_of_box


def test_every_word_and_sign_of_a_status_is_read_as_that_status():
    for status, words in task_words().statuses.items():
        for written in (*words.english, *words.indonesian, *words.signs, *words.shortcodes):
            assert status_of(written) == status, written
            assert status_of(written.upper().replace(" ", "_")) == status, written
        assert {status_of_box(box) for box in words.boxes} == {status}


def test_no_verb_is_a_filler():
    fillers = {word for line in task_words().fillers for word in line}
    verbs = [word for words in task_words().verbs.values() for word in words]
    assert len(verbs) == len(set(verbs))
    assert fillers.isdisjoint(verbs)
