"""Reads one model: the SELECT in `.sql` and its contract in the `.yaml` beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from open_data_contract_standard.model import SchemaObject

from candid_assets.contracts import histories
from candid_assets.contracts.catalog import Column, ContractProblem, Model
from candid_assets.contracts.columns import read_columns
from candid_assets.contracts.exact_division import FUNCTION, RatioError, with_exact_ratios
from candid_assets.contracts.fingerprint import fingerprint
from candid_assets.contracts.histories import check_history
from candid_assets.contracts.known_files import KnownFiles
from candid_assets.contracts.model_query import InputTable, ModelQuery, read_query
from candid_assets.contracts.odcs_vocabulary import custom_place, custom_values, parse
from candid_assets.contracts.reconciliations import read_agreements
from candid_assets.contracts.tab_file import check_table, read_row_limits
from candid_assets.contracts.workbook_file import NO_OWNER, check_owner
from candid_assets.contracts.yaml_document import read_document
from candid_assets.regular_files import read_text


@dataclass(slots=True)
class ModelDraft:
    """A model while the rest of the catalog is read."""

    name: str
    spoke: str
    yaml_path: Path
    sql_path: Path
    model: Model | None
    inputs: tuple[InputTable, ...]
    problems: list[ContractProblem]


_KNOWN_MODELS: Final = KnownFiles[ModelDraft]()


def read_model(spoke: str, yaml_path: Path) -> ModelDraft:
    """Return the model that a `.sql` and `.yaml` pair declares, with its problems."""
    sql_path, faulty = yaml_path.with_suffix(".sql"), []

    def read() -> ModelDraft | None:
        draft = _read_files(spoke, yaml_path, sql_path)
        faulty.extend([draft] if draft.problems else [])
        return None if draft.problems else draft

    known = _KNOWN_MODELS.facts((spoke, str(yaml_path)), (yaml_path, sql_path), read)
    return faulty[0] if known is None else replace(known, problems=[])


def _read_files(spoke: str, yaml_path: Path, sql_path: Path) -> ModelDraft:
    sql, query, problems = _read_sql(sql_path, yaml_path)
    draft = ModelDraft(yaml_path.stem, spoke, yaml_path, sql_path, None, query.inputs, problems)
    if not yaml_path.is_file():
        message = f"{sql_path.name} has no {yaml_path.name} beside it"
        fix = f"describe its columns in {yaml_path.name}"
        problems.append(ContractProblem(sql_path, 1, message, fix))
        return draft
    model = _read_yaml(draft, sql, query)
    if not problems:
        draft.model = model
    return draft


def _read_sql(sql_path: Path, yaml_path: Path) -> tuple[str, ModelQuery, list[ContractProblem]]:
    """Return the model's SQL, its analysis, and its problems."""
    if not sql_path.is_file():
        message = f"{yaml_path.name} has no {sql_path.name} beside it"
        problem = ContractProblem(yaml_path, 1, message, f"write its SELECT in {sql_path.name}")
        return "", ModelQuery(), [problem]
    try:
        sql = read_text(sql_path)
    except (OSError, UnicodeDecodeError) as error:
        message = f"the file cannot be read: {error}"
        return "", ModelQuery(), [ContractProblem(sql_path, 1, message, "save it as UTF-8 text")]
    query = read_query(sql)
    problems = [ContractProblem(sql_path, p.line, p.message, p.fix) for p in query.problems]
    if not query.inputs and problems:  # it could not be read
        return sql, query, problems
    try:
        return with_exact_ratios(sql), query, problems
    except RatioError as error:
        fix = f"write {FUNCTION}(above, below, 4)"
        problems.append(ContractProblem(sql_path, error.line, str(error), fix))
    return sql, query, problems


def _read_yaml(draft: ModelDraft, sql: str, query: ModelQuery) -> Model | None:
    """Return the model; problems of its `.yaml` join those of its `.sql`."""
    document = read_document(draft.yaml_path)
    schema = parse(document, SchemaObject)
    if schema is None:
        draft.problems.extend(document.problems)
        return None
    check_table(document, schema)
    columns = read_columns(document, schema.properties, of_tab=False)
    rows = read_row_limits(document, schema.quality)
    agreements = read_agreements(document, schema.quality, columns)
    custom = custom_values(document, (), schema.customProperties, "model")
    owner = NO_OWNER
    if "owner" in custom:
        at = custom_place((), schema.customProperties, "owner")
        owner = check_owner(document, at, custom["owner"])
    else:
        fix = "add the custom property owner, such as team:sales-ops"
        document.report(1, "the model has no owner", fix)
    kind = custom.get("kind", "mart")
    if kind == histories.KIND:
        check_history(document, columns, query)
    selected = histories.declared(columns) if kind == histories.KIND else columns
    if not document.problems and not draft.problems and query.outputs is not None:
        draft.problems.extend(_difference(draft, selected, query.outputs))
    draft.problems.extend(document.problems)
    description = (schema.description or "").strip()
    if kind == histories.KIND:
        sql = histories.with_versions(sql, columns)
    return Model(
        spoke=draft.spoke,
        name=draft.name,
        description=description,
        grain=(schema.dataGranularityDescription or "").strip(),
        owner=owner,
        columns=columns,
        sql=sql,
        inputs=tuple((item.layer, item.table) for item in query.inputs),
        path=draft.yaml_path,
        fingerprint=fingerprint(sql, description, columns, rows, kind, *map(str, agreements)),
        kind=kind,
        rows=rows,
        agreements=agreements,
        engine=custom.get("engine"),
    )


def _difference(
    draft: ModelDraft, columns: Sequence[Column], outputs: tuple[str, ...]
) -> list[ContractProblem]:
    """Return the problem of a SELECT whose columns differ from those of the `.yaml`."""
    named = tuple(column.name for column in columns)
    if named == outputs:
        return []
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, named, outputs, autojunk=False).get_opcodes():
        if kind in {"delete", "replace"}:
            parts.append(f"the SELECT lacks {', '.join(named[a:b])} here")
        if kind in {"insert", "replace"}:
            parts.append(f"the .yaml lacks {', '.join(outputs[c:d])} here")
    position = next(
        (i for i, (x, y) in enumerate(zip(named, outputs, strict=False)) if x != y),
        min(len(named), len(outputs)),
    )
    message = f"from column {position + 1} on, SELECT and .yaml differ: {'; '.join(parts)}"
    line = columns[min(position, len(columns) - 1)].line
    fix = "give both the same columns in the same order"
    return [ContractProblem(draft.yaml_path, line, message, fix)]
