"""What each library has lost since 2017: one module a library, with a function ``register(hooks)``.

`register` must be quick and must not import the library: it tells the hooks what to do when the program does.
"""

from __future__ import annotations

# Names of the modules beside this one that have a part in `polykeras.era.install`, one a line.
LIBRARIES: tuple[str, ...] = ()
