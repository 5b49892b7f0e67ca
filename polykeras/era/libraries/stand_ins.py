"""Modules that were renamed or merged: under the old name stands one that shows the names of today's."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any


class StandIn(ModuleType):
    """A module with names of its own; what it lacks is looked up in other modules, in their order.

    A name that is set goes to the module that has it, else to the first of them, so that
    ``__builtin__.name = value`` does what it says.
    """

    def __init__(self, name: str, targets: Sequence[str], own: Mapping[str, Any] | None = None) -> None:
        super().__init__(name, f"Stands in for {name}; today: {', '.join(targets)}.")
        vars(self)["_targets"] = [importlib.import_module(target) for target in targets]
        vars(self).update(own or {})

    def __getattr__(self, name: str) -> Any:
        targets: list[ModuleType] = vars(self)["_targets"]
        if name == "__all__":
            return sorted({each for module in (*targets, self) for each in vars(module) if each[0] != "_"})
        if not (name.startswith("__") and name.endswith("__")):
            for module in targets:
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module {vars(self)['__name__']!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self) or (name.startswith("__") and name.endswith("__")):
            vars(self)[name] = value
            return
        targets: list[ModuleType] = vars(self)["_targets"]
        setattr(next((module for module in targets if hasattr(module, name)), targets[0]), name, value)

    def __dir__(self) -> list[str]:
        return sorted({*self.__all__, *vars(self)})


def module_of(name: str, names: Mapping[str, Any]) -> ModuleType:
    """A module of the given name that holds `names`."""
    made = ModuleType(name)
    vars(made).update(names)
    return made


# Old name -> the modules whose names it shows.
RENAMED: dict[str, tuple[str, ...]] = {
    "BaseHTTPServer": ("http.server",),
    "CGIHTTPServer": ("http.server",),
    "Cookie": ("http.cookies",),
    "Dialog": ("tkinter.dialog",),
    "DocXMLRPCServer": ("xmlrpc.server",),
    "FileDialog": ("tkinter.filedialog",),
    "ScrolledText": ("tkinter.scrolledtext",),
    "SimpleDialog": ("tkinter.simpledialog",),
    "SimpleHTTPServer": ("http.server",),
    "SimpleXMLRPCServer": ("xmlrpc.server",),
    "SocketServer": ("socketserver",),
    "Tix": ("tkinter.tix",),
    "Tkconstants": ("tkinter.constants",),
    "Tkinter": ("tkinter",),
    "_winreg": ("winreg",),
    "__builtin__": ("builtins",),
    "anydbm": ("dbm",),
    "cookielib": ("http.cookiejar",),
    "copy_reg": ("copyreg",),
    "dumbdbm": ("dbm.dumb",),
    "dummy_thread": ("_thread",),
    "dummy_threading": ("threading",),
    "email.Encoders": ("email.encoders",),
    "email.Header": ("email.header",),
    "email.MIMEAudio": ("email.mime.audio",),
    "email.MIMEBase": ("email.mime.base",),
    "email.MIMEImage": ("email.mime.image",),
    "email.MIMEMultipart": ("email.mime.multipart",),
    "email.MIMEText": ("email.mime.text",),
    "email.Utils": ("email.utils",),
    "gdbm": ("dbm.gnu",),
    "htmlentitydefs": ("html.entities",),
    "httplib": ("http.client",),
    "markupbase": ("_markupbase",),
    "Queue": ("queue",),
    "repr": ("reprlib",),
    "robotparser": ("urllib.robotparser",),
    "thread": ("_thread",),
    "tkColorChooser": ("tkinter.colorchooser",),
    "tkCommonDialog": ("tkinter.commondialog",),
    "tkFileDialog": ("tkinter.filedialog",),
    "tkFont": ("tkinter.font",),
    "tkMessageBox": ("tkinter.messagebox",),
    "tkSimpleDialog": ("tkinter.simpledialog",),
    "ttk": ("tkinter.ttk",),
    "urlparse": ("urllib.parse",),
    "whichdb": ("dbm",),
    "xml.etree.cElementTree": ("xml.etree.ElementTree",),
    "xmlrpclib": ("xmlrpc.client",),
}

# Modules that nothing of today's standard library stands in for -> what to use instead.
GONE: dict[str, str] = {
    "aifc": "run: pip install standard-aifc",
    "asynchat": "use asyncio, or run: pip install pyasynchat",
    "asyncore": "use asyncio, or run: pip install pyasyncore",
    "audioop": "run: pip install audioop-lts",
    "bsddb": "use the module dbm or sqlite3",
    "chunk": "run: pip install standard-chunk",
    "crypt": "use hashlib.pbkdf2_hmac",
    "hotshot": "use the module cProfile",
    "htmllib": "use the module html.parser",
    "mimetools": "use the package email",
    "nntplib": "run: pip install standard-nntplib",
    "popen2": "use the module subprocess",
    "rfc822": "use the package email",
    "sgmllib": "use the module html.parser",
    "sndhdr": "run: pip install standard-sndhdr",
    "sunau": "run: pip install standard-sunau",
    "telnetlib": "run: pip install standard-telnetlib",
}


def renamed(name: str) -> ModuleType:
    """The stand-in for a module of `RENAMED`."""
    return StandIn(name, RENAMED[name])


def gone(name: str) -> ModuleType:
    """Refuses a module of `GONE`.

    Raises:
        ModuleNotFoundError: always; it says what to use instead.
    """
    raise ModuleNotFoundError(
        f"No module named {name!r}: Python's standard library has it no more; {GONE[name]}", name=name
    )
