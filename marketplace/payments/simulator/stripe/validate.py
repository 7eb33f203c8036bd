"""Check a parsed form against an SDK TypedDict and turn its strings into the declared types."""

import re
import types
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union, get_args, get_origin

from .errors import ParamError
from .schema import fields, is_object

METADATA = (50, 40, 500)  # keys, key length, value length


def check(typed: type, tree: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return the typed parameters of an object, or raise ParamError for the first thing wrong."""
    known, made = fields(typed), {}
    for name, value in tree.items():
        at = f"{path}[{name}]" if path else name
        if name not in known:
            raise ParamError(at, f"Received unknown parameter: {at}", "parameter_unknown")
        made[name] = convert(known[name][0], value, at)
    for name, (_, required) in known.items():
        if required and name not in made:
            at = f"{path}[{name}]" if path else name
            raise ParamError(at, f"Missing required param: {at}.", "parameter_missing")
    return made


def convert(hint: Any, value: Any, at: str) -> Any:
    """Convert one value to one declared type."""
    members = flat(hint)
    literals = [literal for member in members if get_origin(member) is Literal for literal in get_args(member)]
    plain = [member for member in members if get_origin(member) is not Literal]
    if isinstance(value, dict):
        return convert_dict(plain, value, at)
    if value in literals:
        return value
    if value == "":
        words = "We assume empty values are an attempt to unset a parameter; however"
        message = f"You passed an empty string for '{at}'. {words} '{at}' cannot be unset."
        raise ParamError(at, message, "parameter_invalid_empty")
    choices = [literal for literal in literals if literal != ""]
    if choices and set(plain) <= {str}:  # the SDK writes enums as Literal | str to stay open; the server is closed
        listed = ", ".join(choices[:-1]) + (f", or {choices[-1]}" if len(choices) > 1 else choices[-1])
        raise ParamError(at, f"Invalid {at}: must be one of {listed}")
    return convert_text(plain, value, at)


def flat(hint: Any) -> list[Any]:
    """Return the members of a union, NoneType left out; a plain type is its own only member."""
    if get_origin(hint) in (Union, types.UnionType):
        return [inner for member in get_args(hint) for inner in flat(member)]
    return [] if hint is type(None) else [hint]


def convert_dict(members: list[Any], value: dict[str, Any], at: str) -> Any:
    """Convert an object, a list or free key-values."""
    for member in members:
        if is_object(member):
            return check(member, value, at)
        if get_origin(member) is list:
            if not all(key.isdigit() for key in value):
                raise ParamError(at, "Invalid array", "parameter_invalid_array")
            ordered = sorted(value, key=int)
            return [convert(get_args(member)[0], value[key], f"{at}[{key}]") for key in ordered]
        if get_origin(member) is dict:
            return free(value, at)
    raise ParamError(at, f"Invalid string: {value}", "parameter_invalid_string")


def free(value: dict[str, Any], at: str) -> dict[str, str]:
    """Check metadata-like pairs: text only, within Stripe's limits."""
    most, key_length, value_length = METADATA
    if len(value) > most:
        raise ParamError(at, f"Metadata may have up to {most} keys, you passed {len(value)}.")
    for key, text in value.items():
        if not isinstance(text, str):
            raise ParamError(f"{at}[{key}]", "Invalid string: metadata values must be strings")
        if len(key) > key_length:
            raise ParamError(at, f"Metadata keys can be up to {key_length} characters. {key} is {len(key)}.")
        if len(text) > value_length:
            message = f"Metadata values can have up to 500 characters, but you passed in a value that is {len(text)}"
            raise ParamError(at, f"{message} characters. Invalid value: {text[:40]}...")
    return value


def convert_text(members: list[Any], value: str, at: str) -> Any:
    """Convert a string to the first scalar type that is declared."""
    if int in members:
        if re.fullmatch(r"-?\d{1,18}", value):
            return int(value)
        raise ParamError(at, f"Invalid integer: {value}", "parameter_invalid_integer")
    if bool in members:
        if value in ("true", "false"):
            return value == "true"
        raise ParamError(at, f"Invalid boolean: {value}", "parameter_invalid_boolean")
    if Decimal in members or float in members:
        return number(value, at)
    if str in members:
        return value
    what = "array" if any(get_origin(member) is list for member in members) else "object"
    raise ParamError(at, f"Invalid {what}", f"parameter_invalid_{what}")


def number(value: str, at: str) -> str:
    """Check a decimal; it stays text, as Stripe sends it back as text."""
    try:
        if Decimal(value).is_finite():
            return value
    except InvalidOperation:
        pass
    raise ParamError(at, f"Invalid decimal: {value}; must contain at maximum 12 decimal places.")
