import pytest

from candid_assets.near_names import hint, near_names, nearest


def test_the_nearest_is_given_as_it_is_known_whatever_the_case():
    assert nearest("ORDER_iD", ["outlet_id", "Order_Id"]) == "Order_Id"
    assert nearest("zzz", ["outlet_id"]) == "outlet_id"
    assert nearest("zzz", ["outlet_id"], 0.6) is None
    assert nearest("order_id", []) is None


def test_near_names_are_alike_or_contain_the_word():
    known = ["net_sales", "net_sale", "gross_sales", "visits", "sales_returned_by_outlet"]
    assert near_names("net_sales", known)[0] == "net_sales"
    assert near_names("returned", known) == ["sales_returned_by_outlet"]


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (["refresh_toko", "refresh_gudang"], "; did you mean refresh_toko, refresh_gudang?"),
        (["a", "b"], "; there are a, b"),
        ([f"c{n}" for n in range(9)], "; there are c0, c1, c2, c3, c4, c5, c6, c7, …"),
        ([], ""),
    ],
)
def test_the_hint_names_what_is_near_or_what_there_is(known, text):
    assert hint("refresh_tko", known) == text


def test_a_long_word_is_compared_in_no_time():
    assert hint("x" * 1_000_000, ["visits"]) == "; there are visits"
