"""What one GraphQL document may ask for, whatever its size in bytes.

Dagster's own pages ask for at most 639 fields, 11 levels deep, with 4 aliases; the limits leave
room for several times that. What a document makes of lists is limited while it runs (`query_work`).
"""

from dataclasses import dataclass
from typing import Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from candid_assets.web.graphql_documents import Operation
from candid_assets.web.refusal import Refused

DEEPEST_FIELD: Final = 20
MOST_FIELDS: Final = 3_000
MOST_ALIASES: Final = 30


@dataclass(frozen=True, slots=True)
class QuerySize:
    """How much is selected, with every fragment written out where it is used."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0

    def beside(self, other: "QuerySize") -> "QuerySize":
        """Return the size of both in one selection."""
        fields, aliases = self.fields + other.fields, self.aliases + other.aliases
        return QuerySize(fields, aliases, max(self.depth, other.depth))


def require_modest(operation: Operation) -> None:
    """Return if an operation asks for no more than one answer should hold.

    Raises:
        Refused: It asks for too much; the limit is named.
    """
    definitions = operation.document.definitions
    fragments = {
        d.name.value: d.selection_set for d in definitions if isinstance(d, FragmentDefinitionNode)
    }
    (whole,) = (d for d in definitions if isinstance(d, OperationDefinitionNode))
    size = _Measure(fragments).of(whole.selection_set)
    for what, asked, most in (
        ("levels", size.depth, DEEPEST_FIELD),
        ("aliases", size.aliases, MOST_ALIASES),
        ("fields", size.fields, MOST_FIELDS),
    ):
        if asked > most:
            raise Refused(400, f"a query has at most {most:,} {what}, and this one has {asked:,}")


class _Measure:
    """Measures each fragment once, however often it is used."""

    def __init__(self, fragments: dict[str, SelectionSetNode]) -> None:
        self._fragments = fragments
        self._sizes: dict[str, QuerySize | None] = {}

    def of(self, selection: SelectionSetNode) -> QuerySize:
        size = QuerySize()
        for node in selection.selections:
            if isinstance(node, FieldNode):
                inner = self.of(node.selection_set) if node.selection_set else QuerySize()
                aliases = inner.aliases + (node.alias is not None)
                size = size.beside(QuerySize(inner.fields + 1, aliases, inner.depth + 1))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self.of(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._of_fragment(node.name.value))
        return size

    def _of_fragment(self, name: str) -> QuerySize:
        if name not in self._fragments:
            raise Refused(400, f"there is no fragment {name}")
        if name not in self._sizes:
            self._sizes[name] = None
            self._sizes[name] = self.of(self._fragments[name])
        size = self._sizes[name]
        if size is None:
            raise Refused(400, f"the fragment {name} uses itself")
        return size
