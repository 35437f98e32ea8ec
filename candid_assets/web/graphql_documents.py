"""Parses a GraphQL request strictly into the operation that will run and its root fields.

Root fields are resolved through fragments and aliases. Dagster receives a request that is
serialised again from the parsed operation, so that both cannot read the same bytes differently.
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
    """The operation of a request."""

    kind: OperationType
    name: str | None
    fields: list[FieldNode]
    """The root fields, including those inside fragments."""
    document: DocumentNode
    """This operation and the fragments that it uses."""
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the root fields in the schema."""
        return [node.name.value for node in self.fields]

    @property
    def body(self) -> bytes:
        """The request, serialised again as JSON."""
        query = print_ast(self.document)
        request = {"query": query, "variables": self.variables, "operationName": self.name}
        return json.dumps(request).encode()


def read_json(text: bytes | str) -> Any:
    """Return the value of strict JSON: UTF-8, no key twice in an object, no NaN or Infinity.

    Raises:
        Refused: The text is not such JSON.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not plain JSON: {error}") from error


def read_operation(request: Any) -> Operation:
    """Return the operation of a request's JSON object.

    Raises:
        Refused: It is not a GraphQL request, or does not name one operation.
    """
    if not isinstance(request, dict):
        raise Refused(400, "a request is one JSON object with `query`; batches are not taken")
    query, variables = request.get("query"), request.get("variables")
    name = request.get("operationName")
    if not isinstance(query, str):
        raise Refused(400, "`query` is missing or not text")
    if not isinstance(variables, dict | None):
        raise Refused(400, "`variables` must be an object")
    if not isinstance(name, str | None):
        raise Refused(400, "`operationName` must be text")
    try:
        document = parse(query, max_tokens=MOST_TOKENS)
        operation, document = _selected_operation(document, name)
        fields = list(_root_fields(operation.selection_set, _fragments(document), set()))
    except (GraphQLError, RecursionError) as error:
        raise Refused(400, f"the GraphQL document cannot be read: {error}") from error
    own_name = operation.name.value if operation.name else None
    return Operation(operation.operation, own_name, fields, document, dict(variables or {}))


def bind_arguments(operation: Operation, schema: GraphQLSchema) -> list[dict[str, Any]]:
    """Return the arguments of each root field and bind the document's arguments to them.

    Every argument becomes a variable that holds the returned object, so a later change of the
    object changes the request. `__typename` is selected in each field, so that its outcome can be
    logged.

    Raises:
        Refused: The schema has no such mutation or argument.
    """
    definition = _definition(operation.document)
    values = _defaults(definition) | operation.variables
    if any(name.startswith(GIVEN) for name in (*values, *_used_variables(operation.document))):
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
            # Equal arguments share one object, so that fields that GraphQL merges stay equal.
            arguments[name] = values[known[key]]
            argument.value = VariableNode(name=NameNode(value=known[key]))
        node.arguments = tuple(a for a in node.arguments if a.name.value in arguments)
        _select_typename(node, kind.type)
        done[id(node)] = arguments
        taken.append(arguments)
    used = _used_variables(operation.document)
    kept = [d for d in definition.variable_definitions if d.variable.name.value in used]
    definition.variable_definitions = (*kept, *added)
    names = {d.variable.name.value for d in definition.variable_definitions}
    operation.variables = {name: value for name, value in values.items() if name in names}
    return taken


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has a key twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _selected_operation(
    document: DocumentNode, name: str | None
) -> tuple[OperationDefinitionNode, DocumentNode]:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    others = [
        d
        for d in document.definitions
        if not isinstance(d, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    if others:
        raise Refused(400, "a document holds operations and fragments only")
    names = [d.name.value if d.name else "" for d in operations]
    if len(set(names)) != len(names) or (len(operations) > 1 and "" in names):
        raise Refused(400, "each operation of a document needs a name of its own")
    picked = [d for d in operations if name is None or (d.name and d.name.value == name)]
    if len(picked) != 1:
        raise Refused(400, "the request must name one operation of its document")
    separate = separate_operations(document)
    return picked[0], separate[picked[0].name.value if picked[0].name else ""]


def _definition(document: DocumentNode) -> OperationDefinitionNode:
    return next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    fragments = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    by_name = {d.name.value: d for d in fragments}
    if len(by_name) != len(fragments):
        raise Refused(400, "two fragments have the same name")
    return by_name


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


def _select_typename(node: FieldNode, kind: Any) -> None:
    kind = getattr(kind, "of_type", kind)
    if node.selection_set and (is_object_type(kind) or is_union_type(kind)):
        typename = FieldNode(
            name=NameNode(value="__typename"), alias=None, arguments=(), directives=()
        )
        node.selection_set.selections = (*node.selection_set.selections, typename)


def _used_variables(document: DocumentNode) -> set[str]:
    names: set[str] = set()

    class VariableNames(Visitor):
        def enter_variable_definition(self, *_: Any) -> Any:
            return self.SKIP

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            names.add(node.name.value)

    visit(document, VariableNames())
    return names
