"""The smallest instance of a JSON schema, for roles nobody taught the server to play."""

from __future__ import annotations

from typing import Any


def make_instance(schema: dict[str, Any]) -> Any:
    """A valid value: first of an enum, least number, shortest list; null only where nothing else is.

    Knows what pydantic writes: references, unions, bounds, lengths. Raises ValueError for a pattern.
    """
    return _make(schema, schema.get("$defs", {}))


def _make(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _make(known[schema["$ref"].rpartition("/")[2]], known)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            options = schema[union]
            return _make(next((o for o in options if o.get("type") != "null"), options[0]), known)
    return _make_typed(schema, known)


def _make_typed(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    match schema.get("type", "object"):
        case "object":
            fields = schema.get("properties", {})
            return {name: _make(field, known) for name, field in fields.items()}
        case "array":
            return [_make(schema["items"], known)] * schema.get("minItems", 0)
        case "string":
            return _make_text(schema)
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
            return min(least, schema.get("maximum", least))
        case "boolean":
            return False
        case _:
            return None


def _make_text(schema: dict[str, Any]) -> str:
    if "pattern" in schema:
        raise ValueError(f"no text for the pattern {schema['pattern']!r}")
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    return "nothing".ljust(least, ".")[:most]
