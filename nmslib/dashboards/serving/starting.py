"""From a command to a server: the drawing process, the warm process and the folder of sockets that it needs, and their end."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress

from nmslib import drawing
from nmslib.dashboards.serving import nursery, ports, provisioner
from nmslib.dashboards.serving.app import Dashboards
from nmslib.dashboards.serving.options import PASSWORD, Options, checked
from nmslib.kernels import shell
from nmslib.paths import TABLES, Project


def figures(project: Project) -> tuple[tuple[str, int, int], ...]:
    """What tells, cheaply, that a run has put new figures in place: the manifests of all systems."""
    found = [(path, path.stat()) for path in sorted(project.outputs("").glob(f"*/{TABLES}"))]
    return tuple((str(path), state.st_mtime_ns, state.st_ino) for path, state in found)


def serve(options: Options, project: Project, told: Callable[[str], None], kind: type[Dashboards] = Dashboards) -> None:
    """Serves the pages of ``project`` until Ctrl-C; ``told`` takes what the one who started it should read. UserError."""
    options = checked(options)
    sockets = ports.taken(options, told)
    os.environ.pop(PASSWORD, None)
    folder = tempfile.mkdtemp(prefix="nms-")
    drawer = None
    with suppress(OSError), shell.undisturbed():
        drawer = drawing.start()
    environment = nursery.trimmed() | {"NMS_HOME": str(project.root)}
    warm = None
    try:
        if nursery.available():
            provisioner.register()
            warm = nursery.Nursery(environment, lambda: figures(project))
        else:
            told("На этой системе нет fork: ядра запускаются обычным образом, страницы открываются медленнее")
        app = kind.instance().set_up(options, project)
        app.connection_dir = folder
        with suppress(KeyboardInterrupt):
            asyncio.run(app.run(sockets, warm, environment, told))
    finally:
        for one in sockets:
            one.close()
        if warm:
            warm.stop()
        if drawer:
            drawer.stop()
        shutil.rmtree(folder, ignore_errors=True)
