"""Every page is in the person's language: what they chose, else what their browser accepts."""


def test_a_page_is_in_the_language_that_the_browser_accepts(page):
    assert '<html lang="id">' in page("", {"Accept-Language": "id-ID,id;q=0.9,en;q=0.5"}).text
    assert '<html lang="en">' in page("", {"Accept-Language": "nl,fr"}).text


def test_a_choice_is_kept_in_a_cookie_and_leads_back(page):
    chosen = page("/language/id?next=/candid/nothing")
    assert (chosen.status, chosen.headers["Location"]) == (303, "/candid/nothing")
    cookie = chosen.headers["Set-Cookie"].partition(";")[0]
    assert '<html lang="id">' in page("", {"Cookie": cookie, "Accept-Language": "en"}).text


def test_a_choice_never_leads_to_another_site(page):
    for target in ("https://example.com", "//example.com", "/candid//example.com", "/candidx", "x"):
        assert page(f"/language/en?next={target}").headers["Location"] == "/candid", target


def test_a_language_that_pages_are_not_written_in_is_refused_with_those_that_are(page):
    answer = page("/language/nl")
    assert answer.status == 404
    assert "pages are written in en and id" in answer.text.lower()


def test_what_to_do_when_a_metric_is_off_is_said_in_the_persons_language(page):
    english = page("/metrics/takings", {"Accept-Language": "en"}).text
    assert "When off:" in english
    assert "Call the shop." in english
    indonesian = page("/metrics/takings", {"Accept-Language": "id"}).text
    assert "Bila menyimpang:" in indonesian
    assert "Telepon toko." in indonesian
    assert "Call the shop." not in indonesian
