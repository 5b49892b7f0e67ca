"""Names that modules of the standard library have lost, each with its meaning of the time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from . import standard_functions as functions

Names = dict[str, Any]


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _base64() -> Names:
    return {"encodestring": functions.encodestring, "decodestring": functions.decodestring}


def _cgi() -> Names:
    parse = _module("urllib.parse")
    escape = _module(f"{__package__}.python2_modules").escape
    return {"escape": escape, "parse_qs": parse.parse_qs, "parse_qsl": parse.parse_qsl}


def _collections() -> Names:
    abstract = _module("collections.abc")
    return {name: getattr(abstract, name) for name in abstract.__all__ if name not in ("Buffer",)}


def _configparser() -> Names:
    return {"SafeConfigParser": _module("configparser").ConfigParser}


def _importlib() -> Names:
    return {"find_loader": functions.find_loader}


def _inspect() -> Names:
    return {
        "ArgSpec": functions.ArgSpec,
        "getargspec": functions.getargspec,
        "formatargspec": functions.formatargspec,
    }


def _itertools() -> Names:
    itertools = _module("itertools")
    return {
        "ifilter": filter,
        "ifilterfalse": itertools.filterfalse,
        "imap": map,
        "izip": zip,
        "izip_longest": itertools.zip_longest,
    }


def _locale() -> Names:
    return {"format": _module("locale").format_string}


def _logging() -> Names:
    logging = _module("logging")
    by_name = dict(logging.getLevelNamesMapping())
    return {"_levelNames": {**by_name, **{level: logging.getLevelName(level) for level in by_name.values()}}}


def _operator() -> Names:
    abstract, operator = _module("collections.abc"), _module("operator")
    return {
        "delslice": lambda a, b, c: operator.delitem(a, slice(b, c)),
        "div": functions.div,
        "getslice": lambda a, b, c: a[b:c],
        "idiv": functions.div,
        "isCallable": callable,
        "isMappingType": lambda obj: isinstance(obj, abstract.Mapping),
        "isNumberType": lambda obj: isinstance(obj, _module("numbers").Number),
        "isSequenceType": lambda obj: hasattr(obj, "__getitem__") and not isinstance(obj, abstract.Mapping),
        "repeat": operator.mul,
        "irepeat": operator.imul,
        "sequenceIncludes": operator.contains,
        "setslice": lambda a, b, c, value: operator.setitem(a, slice(b, c), value),
    }


def _os() -> Names:
    os = _module("os")
    return {"errno": _module("errno"), "getcwdu": os.getcwd}


def _platform() -> Names:
    return {"dist": functions.linux_distribution, "linux_distribution": functions.linux_distribution}


def _plistlib() -> Names:
    return {
        "readPlist": functions.read_plist,
        "readPlistFromString": _module("plistlib").loads,
        "writePlist": functions.write_plist,
        "writePlistToString": _module("plistlib").dumps,
    }


def _re() -> Names:
    return {"_pattern_type": _module("re").Pattern}


def _string() -> Names:
    string = _module("string")
    names = {name: _string_method(name) for name in _STRING_METHODS}
    return {
        **names,
        "atof": float,
        "atoi": int,
        "atol": int,
        "index_error": ValueError,
        "join": functions.join,
        "joinfields": functions.join,
        "letters": string.ascii_lowercase + string.ascii_uppercase,
        "lowercase": string.ascii_lowercase,
        "maketrans": functions.maketrans,
        "splitfields": _string_method("split"),
        "uppercase": string.ascii_uppercase,
        "zfill": lambda x, width: str(x).zfill(width),
    }


_STRING_METHODS = (
    *("capitalize", "center", "count", "expandtabs", "find", "index", "ljust", "lower", "lstrip", "replace"),
    *("rfind", "rindex", "rjust", "rstrip", "split", "strip", "swapcase", "translate", "upper"),
)


def _string_method(name: str) -> Callable[..., Any]:
    def call(s: Any, *args: Any) -> Any:
        return getattr(s, name)(*args)

    call.__name__ = name
    call.__doc__ = f"The text's method `{name}`."
    return call


def _sys() -> Names:
    return {
        "exc_clear": lambda: None,
        "getcheckinterval": lambda: 100,
        "maxint": sys.maxsize,
        "setcheckinterval": lambda interval: None,
        "setdefaultencoding": lambda name: None,
    }


def _threading() -> Names:
    threading, time = _module("threading"), _module("time")
    return {
        "_Event": threading.Event,
        "_Semaphore": threading.Semaphore,
        "_Timer": threading.Timer,
        "_sleep": time.sleep,
        "_time": time.time,
    }


def _time() -> Names:
    time = _module("time")
    return {"clock": time.perf_counter if sys.platform == "win32" else time.process_time}


def _types() -> Names:
    types = _module("types")
    return {
        "BooleanType": bool,
        "BufferType": memoryview,
        "ClassType": type,
        "ComplexType": complex,
        "DictProxyType": types.MappingProxyType,
        "DictType": dict,
        "DictionaryType": dict,
        "FileType": _module("io").IOBase,
        "FloatType": float,
        "InstanceType": functions.OldInstance,
        "IntType": int,
        "ListType": list,
        "LongType": int,
        "ObjectType": object,
        "SliceType": slice,
        "StringType": str,
        "StringTypes": (str,),
        "TupleType": tuple,
        "TypeType": type,
        "UnboundMethodType": types.FunctionType,
        "UnicodeType": str,
        "XRangeType": range,
    }


def _unittest() -> Names:
    return {
        "findTestCases": lambda module: _module("unittest").defaultTestLoader.loadTestsFromModule(module),
        "makeSuite": lambda case: _module("unittest").defaultTestLoader.loadTestsFromTestCase(case),
    }


def _urllib() -> Names:
    return {"__getattr__": functions.urllib_name}


NAMES: dict[str, Callable[[], Names]] = {
    "base64": _base64,
    "cgi": _cgi,
    "collections": _collections,
    "configparser": _configparser,
    "fractions": lambda: {"gcd": functions.gcd},
    "html.parser": lambda: {"HTMLParseError": type("HTMLParseError", (Exception,), {})},
    "importlib": _importlib,
    "inspect": _inspect,
    "itertools": _itertools,
    "locale": _locale,
    "logging": _logging,
    "operator": _operator,
    "os": _os,
    "platform": _platform,
    "plistlib": _plistlib,
    "re": _re,
    "string": _string,
    "sys": _sys,
    "threading": _threading,
    "time": _time,
    "types": _types,
    "unittest": _unittest,
    "urllib": _urllib,
    "xml.etree.ElementTree": dict,
}

# Names of `unittest.TestCase` that are gone -> what they are today.
_ASSERTIONS = {
    "assertAlmostEquals": "assertAlmostEqual",
    "assertEquals": "assertEqual",
    "assertItemsEqual": "assertCountEqual",
    "assertNotAlmostEquals": "assertNotAlmostEqual",
    "assertNotEquals": "assertNotEqual",
    "assertNotRegexpMatches": "assertNotRegex",
    "assertRaisesRegexp": "assertRaisesRegex",
    "assertRegexpMatches": "assertRegex",
    "assert_": "assertTrue",
    "failIf": "assertFalse",
    "failIfAlmostEqual": "assertNotAlmostEqual",
    "failIfEqual": "assertNotEqual",
    "failUnless": "assertTrue",
    "failUnlessAlmostEqual": "assertAlmostEqual",
    "failUnlessEqual": "assertEqual",
    "failUnlessRaises": "assertRaises",
}


def of_classes(module: Any) -> Iterator[tuple[type, Names]]:
    """What the classes of a module lack: each class, and its names."""
    name = module.__name__
    if name == "threading":
        yield module.Thread, {"isAlive": module.Thread.is_alive}
    elif name == "html.parser":
        yield module.HTMLParser, {"unescape": functions.unescape}
    elif name == "configparser":
        yield module.RawConfigParser, {"readfp": functions.readfp}
    elif name == "unittest":
        case = module.TestCase
        yield case, {old: getattr(case, new) for old, new in _ASSERTIONS.items()}
    elif name == "xml.etree.ElementTree":
        yield module.ElementTree, {"getiterator": module.ElementTree.iter}
