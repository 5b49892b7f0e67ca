"""A reader of HDF5 files that trusts nothing in them.

The HDF5 library is written in C; a few changed bytes in a file make it run for ever or end the process.
This reader is plain Python: each address, size and count is held against the file before it is used, nothing
outside the file is opened, and data is unpacked only as far as its shape allows. It reads what programs of
Keras write, under the library's default settings or newer ones: groups, attributes, data sets that lie in one
piece or in chunks, packed by gzip or not. Its objects behave like those of h5py as far as they go.

The format: "HDF5 File Format Specification Version 3.0", The HDF Group.
"""

from __future__ import annotations

from .nodes import Dataset as Dataset
from .nodes import File as File
from .nodes import Group as Group
from .source import Damaged as Damaged
