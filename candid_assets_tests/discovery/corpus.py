"""All whole tabs: half of the shapes discovery may be fitted to, half are only scored."""

from dataclasses import replace

from candid_assets_tests.discovery.corpus_shapes_goods import GOODS
from candid_assets_tests.discovery.corpus_shapes_money import MONEY
from candid_assets_tests.discovery.corpus_shapes_people import PEOPLE
from candid_assets_tests.discovery.corpus_shapes_sales import SALES
from candid_assets_tests.discovery.corpus_whole import Truth, whole_tabs


def corpus() -> list[Truth]:
    """Return every tab with its truth; of each kind every second shape is held out."""
    return whole_tabs(
        [
            replace(shape, seen=number % 2 == 0)
            for kind in (MONEY, GOODS, PEOPLE, SALES)
            for number, shape in enumerate(kind)
        ]
    )
