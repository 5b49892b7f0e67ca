"""Looking things up by name, custom objects, and functions as text.

Keras 1 lets a layer name its parts by strings (``activation='relu'``) and saves them by name; this module
holds the one look-up behind all of that.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
import types
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import nearest, shortened
from .custom_objects import CustomObjectScope as CustomObjectScope
from .custom_objects import custom_object_scope as custom_object_scope
from .custom_objects import get_custom_objects as get_custom_objects
from .old_code import Unreadable, arithmetic
from .progbar import Progbar as Progbar

_PACKAGE = __name__.partition(".")[0]
_custom_objects = get_custom_objects()

# Functions that `func_dump` has turned into text in this process, by the digest of that text, the last one
# last. Several that one line of a program has made have one text.
_dumped: dict[str, list[weakref.ref[types.FunctionType]]] = {}


def _can_be_named(name: str, value: Any, module: str | None) -> bool:
    """Whether a string may mean `value`, found as `name` among the globals of `module`.

    What the module defines may be named, and what a user has put into it; what it imports may not.
    """
    if name.startswith("_") or name == "get" or not callable(value):
        return False
    if module is None:
        return True
    home = getattr(value, "__module__", None) or ""
    root = home.partition(".")[0]
    if root == _PACKAGE:
        return home == module or home.startswith(module + ".")
    return root != "numpy" and root not in sys.stdlib_module_names


def _named(name: str, module_params: Mapping[str, Any], module_name: str) -> Any:
    if name in _custom_objects:
        return _custom_objects[name]
    module = module_params.get("__name__")
    helpers = module_params.get("_NOT_BY_NAME", ())
    if name in module_params and name not in helpers and _can_be_named(name, module_params[name], module):
        return module_params[name]
    named = {key for key, value in module_params.items() if _can_be_named(key, value, module)}
    known = sorted((named - set(helpers)) | set(_custom_objects))
    raise ValueError(
        f"Unknown {module_name}: {name!r}.{nearest(name, known)} Known names: {', '.join(known) or 'none'}. "
        "Make your own known by `custom_objects` or `get_custom_objects()`."
    )


def get_from_module(
    identifier: Any,
    module_params: Mapping[str, Any],
    module_name: str,
    instantiate: bool = False,
    kwargs: dict[str, Any] | None = None,
) -> Any:
    """Finds what an identifier means.

    Args:
        identifier: a name, looked up among the custom objects and then in `module_params`; or a dictionary
            with the key ``name`` whose other items are the arguments of the constructor; or anything else,
            which is returned as it is.
        module_params: the names that are known, mostly ``globals()`` of a module: then only what the
            module defines (or a user has set in it) is found, not what it imports, nor the names in its
            tuple ``_NOT_BY_NAME``.
        module_name: what is looked for, as messages call it, e.g. ``'regularizer'``.
        instantiate: whether the thing found by a string is to be called.
        kwargs: the arguments of that call.

    Raises:
        ValueError: if the name is unknown, or stands for a class of the module where a function is wanted
            (a class that is a custom object is returned as a function is); or a dictionary
            has no ``name``, or that of a function: it would be called with arguments from a file. The
            caller's dictionary is never changed.
    """
    if isinstance(identifier, str):
        found = _named(identifier, module_params, module_name)
        if instantiate:
            return found(**(kwargs or {}))
        if isinstance(found, type) and identifier not in _custom_objects:
            raise ValueError(
                f"Wanted a function under the name {identifier!r} for {module_name}, got the class {found!r}."
            )
        return found
    if isinstance(identifier, dict):
        if not isinstance(identifier.get("name"), str):
            raise ValueError(
                f"For {module_name} a dictionary must have the key 'name', "
                f"for example {{'name': 'SomeClass', ...}}, got {identifier!r}."
            )
        arguments = {key: value for key, value in identifier.items() if key != "name"}
        found = _named(identifier["name"], module_params, module_name)
        if not isinstance(found, type) and not (instantiate and _is_own(found)):
            raise ValueError(
                f"For {module_name} a dictionary must name a class, got {identifier['name']!r}, which stands "
                f"for {found!r}. Write the name alone."
            )
        return found(**arguments)
    return identifier


def function_from_module(identifier: Any, module_params: Mapping[str, Any], module_name: str) -> Any:
    """`get_from_module` where a function is wanted: a name that stands for a class is refused.

    Raises:
        ValueError: as `get_from_module`, and for the name of a class, which a call with tensors would make.
    """
    found = get_from_module(identifier, module_params, module_name)
    if isinstance(identifier, str) and isinstance(found, type):
        raise ValueError(
            f"Wanted a function under the name {identifier!r} for {module_name}, got the class {found!r}."
        )
    return found


def _is_own(value: Any) -> bool:
    """Whether something is defined in this package."""
    return str(getattr(value, "__module__", "")).partition(".")[0] == _PACKAGE


def is_library_class(cls: type) -> bool:
    """Whether a class is defined in this package."""
    return _is_own(cls)


def object_name(where: str, argument: str, value: Any) -> str | None:
    """The name under which a configuration holds a function; None stays None.

    Raises:
        TypeError: if `value` has no ``__name__``; `where` and `argument` say what cannot be saved.
    """
    if value is None:
        return None
    name = getattr(value, "__name__", None)
    if name is None and hasattr(value, "func"):  # a functools.partial
        name = getattr(value.func, "__name__", None)
    if name is None:
        raise TypeError(
            f"{where}: a configuration holds {argument} by its name, and {value!r} has no __name__. "
            "Use a function, or override get_config."
        )
    return str(name)


def known_function(where: str, name: Any, known: Mapping[str, Any]) -> Callable[..., Any]:
    """The function that a configuration of a layer holds by name.

    Args:
        where: the layer, as messages call it.
        name: the name.
        known: the custom objects.

    Raises:
        ValueError: if the name is unknown, or stands for something else than a function.
    """
    if not isinstance(name, str) or name not in known:
        raise ValueError(
            f"{where}: the function {shortened(repr(name), 200)} is not known. Give it when loading: "
            f"custom_objects={{{shortened(repr(name), 200)}: the_function}}."
        )
    found = known[name]
    if isinstance(found, type) or not callable(found):
        raise ValueError(f"{where}: wanted a function under the name {name!r}, got {found!r}.")
    return found


def make_tuple(*args: Any) -> tuple[Any, ...]:
    """The arguments as a tuple."""
    return args


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def func_dump(func: Callable[..., Any]) -> tuple[str, tuple[Any, ...] | None, tuple[Any, ...] | None]:
    """A Python function as Keras 1 writes it into a configuration.

    Returns:
        ``(code, defaults, closure)``: the marshalled byte code as text (each byte a character), the default
        values of the arguments or None, and the values of the free variables or None.

    Raises:
        TypeError: if `func` is not a function written in Python.
    """
    stored = getattr(func, "stored_code", None)
    if stored is not None:  # read from a file by `old_code.arithmetic`
        return stored, None, None
    if not isinstance(func, types.FunctionType):
        raise TypeError(f"func_dump: func must be a function written in Python, got {func!r}.")
    code = marshal.dumps(func.__code__).decode("latin-1")
    try:
        closure = tuple(cell.cell_contents for cell in func.__closure__) if func.__closure__ else None
    except ValueError:
        raise TypeError(
            f"func_dump: {func.__name__} uses a variable of an enclosing function that is not set yet."
        ) from None
    known = _dumped.setdefault(_digest(code), [])
    known[:] = [ref for ref in known if ref() not in (None, func)] + [weakref.ref(func)]
    return code, func.__defaults__, closure


def _written_here(code: str) -> list[types.FunctionType]:
    """The functions that `func_dump` has turned into a text in this process, the last one first."""
    found = [ref() for ref in _dumped.get(_digest(code), ())]
    return [function for function in reversed(found) if function is not None]


def _same_value(stored: Any, own: Any) -> bool:
    """Whether a value that a configuration holds is what it tells of `own`."""
    if stored is own or (isinstance(stored, str) and stored == getattr(own, "__name__", None)):
        return True
    if hasattr(own, "tolist"):
        own = own.tolist()
    if isinstance(own, (list, tuple)):
        same_length = isinstance(stored, (list, tuple)) and len(stored) == len(own)
        return same_length and all(map(_same_value, stored, own))
    if isinstance(own, dict):
        return (
            isinstance(stored, dict)
            and list(map(str, stored)) == list(map(str, own))
            and all(map(_same_value, stored.values(), own.values()))
        )
    return type(stored) is type(own) and (stored == own or repr(stored) == repr(own))


def _is_told_by(function: types.FunctionType, defaults: Any, closure: Any) -> bool:
    """Whether `defaults` and `closure` are those of a function."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return _same_value(defaults or (), function.__defaults__ or ()) and _same_value(closure or (), cells)


def stored_function(where: str, name: str, value: Any) -> Callable[..., Any]:
    """The function that a configuration of a layer holds as byte code, which is never run.

    It is one that this process has written, with the same defaults and free variables; or arithmetic on one
    tensor, see `old_code`.

    Args:
        where: the layer, as messages call it.
        name: its name, by which `custom_objects` gives the function.
        value: ``[code, defaults, closure]``.

    Raises:
        ValueError: if it is anything else.
    """
    code, *rest = value if isinstance(value, (list, tuple)) and value else (value,)
    if not isinstance(code, str) or len(rest) not in (0, 2):
        raise ValueError(
            f"{where}: its function must be stored as [code, defaults, closure], got "
            f"{shortened(repr(value), 200)}."
        )
    defaults, closure = rest or (None, None)
    for function in _written_here(code):
        if _is_told_by(function, defaults, closure):
            return function
    try:
        if defaults is not None or closure is not None:
            raise Unreadable("it has defaults or a closure")
        return arithmetic(code)
    except Unreadable as error:
        raise ValueError(
            f"{where}: its function is stored as byte code of another program, which is not run: it can "
            f"do harm, and is bound to one Python version. ({str(error).capitalize()}: no plain "
            f"arithmetic.) Give the function when loading: custom_objects={{{name!r}: the_function}}."
        ) from None


def func_load(
    code: Any, defaults: Any = None, closure: Any = None, globs: dict[str, Any] | None = None
) -> Callable[..., Any]:
    """The function that `func_dump` has written.

    Byte code is never read nor run: it can do anything, and code of another Python version crashes the
    process. Only the text of a function that `func_dump` wrote in this process, and that still exists, is
    accepted; it stands for that function.

    Args:
        code: the first item of `func_dump`'s result, or the whole result as a list or tuple.
        defaults: the default values of the arguments.
        closure: the values of the free variables.
        globs: the global variables of the function; by default those of the function that was dumped.

    Raises:
        ValueError: if the byte code comes from elsewhere, or `closure` does not fit it.
    """
    if isinstance(code, (tuple, list)):
        if len(code) != 3:
            raise ValueError(f"func_load: wanted [code, defaults, closure], got {len(code)} items.")
        code, defaults, closure = code
    if not isinstance(code, str):
        raise ValueError(f"func_load: code must be text as func_dump returns it, got {type(code).__name__}.")
    original = next(iter(_written_here(code)), None)
    if original is None:
        raise ValueError(
            "func_load: the function is stored as byte code that was not written in this process (or its "
            "function is gone). Byte code is bound to one Python version and can do harm, so it is not run. "
            "Give the function itself: custom_objects={'name of the layer': function}."
        )
    names = original.__code__.co_freevars
    values = tuple(closure) if closure is not None else ()
    if len(values) != len(names):
        raise ValueError(
            f"func_load: the function uses {len(names)} variables of the function around it "
            f"({', '.join(names) or 'none'}), but closure holds {len(values)} values."
        )
    return types.FunctionType(
        original.__code__,
        original.__globals__ if globs is None else globs,
        original.__name__,
        tuple(defaults) if defaults is not None else None,
        tuple(types.CellType(value) for value in values) or None,
    )
