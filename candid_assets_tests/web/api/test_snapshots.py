"""Readers have the snapshot that is published, keep what has not changed, and follow the next."""

import threading

from candid_assets_tests.web.api.company import ROWS, publish_rows

TABLE = "/tables/ready.fct_types"


def test_what_has_not_changed_is_not_sent_again(get):
    answer = get(TABLE)
    tag = answer.headers["ETag"]
    again = get(TABLE, {"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == tag
    assert get(TABLE, {"If-None-Match": f'W/{tag}, "another"'}).status == 304
    assert get(TABLE, {"If-None-Match": '"another"'}).status == 200
    # A CSV is not the JSON that the caller has.
    assert get(f"{TABLE}?format=csv", {"If-None-Match": tag}).status == 200
    for path in ("/tables", "/metrics", "/openapi.json", "/quality", "/lineage/ready.fct_types"):
        assert get(path, {"If-None-Match": tag}).status == 304


def test_new_snapshot_is_read_at_once_and_no_request_fails_during_the_swap(api, get):
    seen, statuses, over = set(), set(), threading.Event()

    def read():
        while not over.is_set():
            answer = get(f"{TABLE}?columns=amount_idr,pieces&limit=1000")
            statuses.add(answer.status)
            page = answer.json
            # Every answer is of one snapshot, never of two.
            extra = {round(float(r["amount_idr"]) - r["pieces"] * 1000, 2) for r in page["rows"]}
            seen.add((page["snapshot"], len(page["rows"]), *extra))

    readers = [threading.Thread(target=read) for _ in range(4)]
    first = get(TABLE).headers["ETag"]
    for reader in readers:
        reader.start()
    try:
        for extra in (1, 2, 3):
            publish_rows(api.settings, extra=extra)
            answer = get(f"{TABLE}?limit=1", {"If-None-Match": first})
            assert answer.status == 200
            assert answer.json["rows"][0]["amount_idr"] == f"{extra}.05"
    finally:
        over.set()
        for reader in readers:
            reader.join()
        publish_rows(api.settings)
    assert statuses == {200}
    assert {count for _, count, *_ in seen} == {ROWS}
    assert all(len(state) == 3 for state in seen)


def test_pages_of_two_snapshots_are_not_mixed(api, get):
    following = get(f"{TABLE}?limit=10").json["next"].removeprefix("/api/v1")
    assert get(following).status == 200
    publish_rows(api.settings)
    answer = get(following)
    assert answer.status == 409
    assert "begin again" in answer.json["detail"]


def test_nothing_published_says_what_to_run(api, get):
    file = api.settings.published_file
    hidden = file.with_suffix(".hidden")
    file.rename(hidden)
    try:
        answer = get(TABLE)
    finally:
        hidden.rename(file)
    assert answer.status == 503
    assert "candid run" in answer.json["detail"]
    assert get(TABLE).status == 200
