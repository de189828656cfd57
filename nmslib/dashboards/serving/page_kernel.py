"""What a fork of the warm process becomes: an ipykernel without a user's settings, without history, that ends with its parent."""

import ctypes
import os
import random
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy
from ipykernel import ipkernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

PR_SET_PDEATHSIG = 1
QUIET = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"banner1": "", "autoindent": False}})


class _NoModules(ModuleType):
    """``sys`` without the modules."""

    modules: ClassVar[dict[str, ModuleType]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class PageKernel(IPKernelApp):
    """ipykernel without the settings, extensions and start-up files of the person who started the server."""

    def init_profile_dir(self) -> None:
        """A profile of its own beside the connection file: nothing is read there, and nobody else enters."""
        self.profile_dir = ProfileDir.create_profile_dir(str(Path(self.connection_file).parent / "profile"))

    def init_kernel(self) -> None:
        """ipykernel lists the files of all modules for its debugger: looking at each unshares 18 MB of the warm process."""
        ipkernel.sys = _NoModules("sys")
        try:
            super().init_kernel()
        finally:
            ipkernel.sys = sys

    def load_config_file(self, *_arguments: Any, **_more: Any) -> None:
        """Settings come from this module alone."""


def _end_with(parent: int) -> int:
    """Asks Linux to end this process with its parent; elsewhere ipykernel itself has to look (the number that it looks for)."""
    if sys.platform != "linux":
        return parent
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # ended before we asked
        os._exit(0)
    return 0


def run(connection_file: str, environment: dict[str, str], folder: str, parent: int) -> None:
    """Serves the kernel of ``connection_file`` until it is told to shut down; called in a fork of the process ``parent``."""
    os.setpgid(0, 0)
    watched = _end_with(parent)
    os.environ.clear()
    os.environ.update(environment | {"IPYTHONDIR": str(Path(connection_file).parent / "ipython")})
    os.chdir(folder)
    random.seed()
    numpy.random.seed()  # forks of one process would draw the same numbers
    app = PageKernel.instance(
        config=QUIET,
        connection_file=connection_file,
        parent_handle=watched,
        capture_fd_output=False,
        default_extensions=[],
        exec_PYTHONSTARTUP=False,
        copy_config_files=False,
        log_level="ERROR",
    )
    app.initialize([])
    app.start()
