"""What the arguments of the functions may be: one table, by which each is read before anything is done."""

from __future__ import annotations

import functools
import inspect
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Optional, TypeVar, cast

from ._documents import Text
from ._program import GatelintError, refused

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _same(label: str, value: Any) -> Any:
    return value


def _text(label: str, text: str) -> str:
    """A text that the system can hand to a program."""
    if "\0" in text:
        raise GatelintError(f"{label} is {text!r}, and no NUL can be handed on", 2)
    with refused(f"{label} is {text!r}"):
        os.fsencode(text)
    return text


def _path(label: str, given: Any) -> str:
    path = os.fspath(given)
    if not isinstance(path, str):
        raise TypeError(f"{label} must be a path of str, not of {type(path).__name__}")
    if not path:
        raise GatelintError(f"{label} is an empty path", 2)
    return _text(label, path)


def _json(label: str, mapping: Mapping[str, object], indent: Optional[int] = None) -> str:
    try:
        with refused(f"{label} is a mapping that is no JSON"):
            return json.dumps(dict(mapping), ensure_ascii=False, allow_nan=False, indent=indent) + "\n"
    except TypeError as error:
        raise TypeError(f"{label} must hold what JSON has: {error}") from None


def _document(label: str, mapping: Mapping[str, object]) -> Text:
    return Text(_json(label, mapping, indent=2))


def _call(label: str, mapping: Mapping[str, object]) -> Text:
    return Text(_json(label, mapping))


@dataclass(frozen=True)
class Kind:
    """What a value may be, in words and by the types that it may have, with how one of each is read."""

    said: str
    types: Mapping[type, Callable[[str, Any], Any]]
    #: What there may be several of in its place.
    each: Optional[Kind] = None

    def read(self, label: str, value: object) -> Any:
        """The value as the program takes it; of several an iterator."""
        for type_, read in self.types.items():
            if isinstance(value, type_):
                return read(label, value)
        # Text and bytes are several of something that nobody means.
        if self.each and isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, Mapping)):
            each = self.each.read
            return (each(f"{label}[{number}]", one) for number, one in enumerate(value))
        raise TypeError(f"{label} must be {self.said}, not {type(value).__name__}")


_NONE: Mapping[type, Callable[[str, Any], Any]] = {type(None): _same}
_DOCUMENT = Kind(
    "a path, gatelint.Text or a mapping",
    {str: _path, os.PathLike: _path, Text: _same, Mapping: _document},
)
_CALL = Kind("a mapping (several traces are arguments of their own)", {Mapping: _json})
_TRACE = Kind(
    "a path, gatelint.Text, a call (a mapping) or an iterable of calls",
    {str: _path, os.PathLike: _path, Text: _same, Mapping: _call},
    _CALL,
)
_WORD = Kind("a str", {str: _text})
_MAYBE_WORD = Kind("a str or None", {str: _text, **_NONE})
_WORDS = Kind("a str or an iterable of str", {str: lambda label, word: [_text(label, word)]}, _WORD)

#: Each argument that a function has, by its name.
KINDS = {
    "policies": Kind("documents", {}, Kind(f"{_DOCUMENT.said} (several are arguments of their own)", _DOCUMENT.types)),
    "policy": _DOCUMENT,
    "old": _DOCUMENT,
    "new": _DOCUMENT,
    "catalogue": Kind(
        "a path, gatelint.Text, a mapping or an iterable of these",
        {type_: lambda label, one: [_DOCUMENT.read(label, one)] for type_ in _DOCUMENT.types},
        _DOCUMENT,
    ),
    "traces": Kind("traces", {}, _TRACE),
    "trace": Kind(f"{_TRACE.said}, or None", {**_TRACE.types, **_NONE}, _CALL),
    "server": _MAYBE_WORD,
    "dialect": _MAYBE_WORD,
    "select": _WORDS,
    "ignore": _WORDS,
    "options": _WORDS,
}


def checked(function: _Function) -> _Function:
    """A function whose arguments are read by the table, and whose errors speak of them and not of a command line."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            given = signature.bind(*arguments, **named)
        except TypeError as error:
            raise TypeError(f"{function.__name__}(): {error}") from None
        given.apply_defaults()
        try:
            for name, value in given.arguments.items():
                given.arguments[name] = KINDS[name].read(f"{function.__name__}() argument {name}", value)
            return function(*given.args, **given.kwargs)
        except GatelintError as error:
            raise GatelintError(_in_python(str(error), signature.parameters), error.status) from error.__cause__

    return cast(_Function, call)


#: What of the program's words is about its command line alone.
_USAGE = re.compile(r"\n+(?:  tip: to pass .*|Usage: .*|For more information, try .*)")
#: An option, and what is left as it is: a line of a document, a command or a text that is shown as a whole.
_OPTION = re.compile(
    r"^ *\d* \|.*$|`[^`\n-][^`\n]*`|\"[^\"\n]*\""
    r"|(?<![\w./=-])--([a-z][a-z-]+)(?:[ =](<[^>\n]*>|[A-Z]{2,}\b))?(?![\w.-])",
    re.MULTILINE,
)


def _in_python(said: str, arguments: Collection[str]) -> str:
    def argument(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        value = f"={found[2].strip('<>')}" if found[2] else ""
        return f"{found[1]}{value}" if found[1] in arguments else f'options="--{found[1]}{value}"'

    return _OPTION.sub(argument, _USAGE.sub("", said))
