"""What a GraphQL request really asks for, whatever it looks like.

The request is read strictly, the one operation that will run is picked out, and its root fields
are found through fragments and aliases. What is then handed to Dagster is written anew from what
was read here, so that both cannot understand the same bytes differently.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    is_object_type,
    is_union_type,
    parse,
    parse_type,
    print_ast,
    separate_operations,
    value_from_ast_untyped,
    visit,
)

from candid_assets.web.refusal import Refused

MOST_TOKENS: Final = 20_000
GIVEN: Final = "candid_given_"


@dataclass
class Operation:
    """The operation that a request runs."""

    kind: OperationType
    name: str | None
    fields: list[FieldNode]
    """The root fields, those inside fragments too."""
    document: DocumentNode
    """This operation and its fragments alone."""
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What the root fields are called in the schema."""
        return [node.name.value for node in self.fields]

    @property
    def body(self) -> bytes:
        """The request written anew."""
        told = {"query": print_ast(self.document), "variables": self.variables}
        return json.dumps({**told, "operationName": self.name}).encode()


def read_json(text: bytes | str) -> Any:
    """Read JSON in which no key stands twice and nothing is left to interpretation.

    Raises:
        Refused: It is something else.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not plain JSON: {error}") from error


def read_operation(asked: Any) -> Operation:
    """Return the operation of a request's JSON object.

    Raises:
        Refused: It is no such object, or does not name one operation.
    """
    if not isinstance(asked, dict):
        raise Refused(400, "a request is one JSON object with `query`; batches are not taken")
    query, variables = asked.get("query"), asked.get("variables")
    name = asked.get("operationName")
    if not isinstance(query, str):
        raise Refused(400, "`query` is missing or no text")
    if not isinstance(variables, dict | None):
        raise Refused(400, "`variables` must be an object")
    if not isinstance(name, str | None):
        raise Refused(400, "`operationName` must be text")
    try:
        document = parse(query, max_tokens=MOST_TOKENS)
        operation, document = _picked(document, name)
        fields = list(_root_fields(operation.selection_set, _fragments(document), set()))
    except (GraphQLError, RecursionError) as error:
        raise Refused(400, f"the GraphQL document cannot be read: {error}") from error
    found = operation.name.value if operation.name else None
    return Operation(operation.operation, found, fields, document, dict(variables or {}))


def take_arguments(operation: Operation, schema: GraphQLSchema) -> list[dict[str, Any]]:
    """Return the arguments of each root field; afterwards the document takes exactly these.

    Every argument becomes a variable with the value returned here, changes made to it included.
    `__typename` is asked for with each field, so that its outcome can be told.

    Raises:
        Refused: There is no such field or argument.
    """
    definition = _definition(operation.document)
    values = _defaults(definition) | operation.variables
    if any(name.startswith(GIVEN) for name in (*values, *_used(operation.document))):
        raise Refused(400, f"variables must not begin with {GIVEN}")
    mutation = schema.mutation_type
    taken: list[dict[str, Any]] = []
    known: dict[str, str] = {}
    added: list[VariableDefinitionNode] = []
    done: dict[int, dict[str, Any]] = {}
    for node in operation.fields:
        if id(node) in done:
            taken.append(done[id(node)])
            continue
        kind = mutation.fields.get(node.name.value) if mutation else None
        if kind is None:
            raise Refused(400, f"there is no mutation {node.name.value}")
        arguments: dict[str, Any] = {}
        for argument in node.arguments:
            name = argument.name.value
            if name not in kind.args or name in arguments:
                raise Refused(400, f"{node.name.value} does not take {name} here")
            value = value_from_ast_untyped(argument.value, values)
            if value is Undefined:
                continue
            key = json.dumps([str(kind.args[name].type), value], sort_keys=True)
            if key not in known:
                known[key] = f"{GIVEN}{len(known)}"
                added.append(_variable(known[key], str(kind.args[name].type)))
                values[known[key]] = copy.deepcopy(value)
            # One object for arguments that are alike: fields that GraphQL merges stay alike.
            arguments[name] = values[known[key]]
            argument.value = VariableNode(name=NameNode(value=known[key]))
        node.arguments = tuple(a for a in node.arguments if a.name.value in arguments)
        _ask_typename(node, kind.type)
        done[id(node)] = arguments
        taken.append(arguments)
    used = _used(operation.document)
    kept = [d for d in definition.variable_definitions if d.variable.name.value in used]
    definition.variable_definitions = (*kept, *added)
    names = {d.variable.name.value for d in definition.variable_definitions}
    operation.variables = {name: value for name, value in values.items() if name in names}
    return taken


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _picked(
    document: DocumentNode, name: str | None
) -> tuple[OperationDefinitionNode, DocumentNode]:
    found = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    others = [
        d
        for d in document.definitions
        if not isinstance(d, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    if others:
        raise Refused(400, "a document holds operations and fragments only")
    names = [d.name.value if d.name else "" for d in found]
    if len(set(names)) != len(names) or (len(found) > 1 and "" in names):
        raise Refused(400, "each operation of a document needs a name of its own")
    picked = [d for d in found if name is None or (d.name and d.name.value == name)]
    if len(picked) != 1:
        raise Refused(400, "the request must name one operation of its document")
    separate = separate_operations(document)
    return picked[0], separate[picked[0].name.value if picked[0].name else ""]


def _definition(document: DocumentNode) -> OperationDefinitionNode:
    return next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    found = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    if len({d.name.value for d in found}) != len(found):
        raise Refused(400, "two fragments have the same name")
    return {d.name.value: d for d in found}


def _root_fields(
    selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], seen: set[str]
) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _root_fields(node.selection_set, fragments, seen)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in fragments:
                raise Refused(400, f"there is no fragment {name}")
            if name not in seen:
                seen.add(name)
                yield from _root_fields(fragments[name].selection_set, fragments, seen)


def _defaults(definition: OperationDefinitionNode) -> dict[str, Any]:
    return {
        d.variable.name.value: value_from_ast_untyped(d.default_value)
        for d in definition.variable_definitions
        if d.default_value is not None
    }


def _variable(name: str, kind: str) -> VariableDefinitionNode:
    return VariableDefinitionNode(
        variable=VariableNode(name=NameNode(value=name)),
        type=parse_type(kind),
        default_value=None,
        directives=(),
    )


def _ask_typename(node: FieldNode, kind: Any) -> None:
    kind = getattr(kind, "of_type", kind)
    if node.selection_set and (is_object_type(kind) or is_union_type(kind)):
        asked = FieldNode(
            name=NameNode(value="__typename"), alias=None, arguments=(), directives=()
        )
        node.selection_set.selections = (*node.selection_set.selections, asked)


def _used(document: DocumentNode) -> set[str]:
    found: set[str] = set()

    class Names(Visitor):
        def enter_variable_definition(self, *_: Any) -> Any:
            return self.SKIP

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.add(node.name.value)

    visit(document, Names())
    return found
