"""How Jupyter gets kernels that are forks of the warm process, without an entry point that an installed package would need."""

import asyncio
import signal
from contextlib import suppress
from importlib.metadata import EntryPoint
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from nmslib.dashboards.serving.nursery import Stillborn, WarmProcess

NAME = "nms-fork"
LOOK_SECONDS = 0.02


class OwnKernel(KernelSpecManager):
    """One kernel, that of this program's Python, under any name: kernels that a user has installed are not looked for."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """ipykernel of this Python."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


class ForkedKernel(LocalProvisioner):
    """A kernel that the nursery of its manager has forked; the command line of the kernel's specification is not used."""

    parent_process: WarmProcess | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet seen to end."""
        return self.parent_process is not None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Forks the kernel; Stillborn when that fails."""
        manager: Any = self.parent
        ordered = manager.connection_file, kwargs["env"], kwargs["cwd"]
        self.parent_process, self.pid = await manager.parent.nursery.fork(*ordered)
        return self.connection_info

    async def poll(self) -> int | None:
        """None while it runs, its exit code afterwards."""
        if self.parent_process is None or self.pid is None:
            return 0
        return self.parent_process.ended.get(self.pid, -1 if self.parent_process.gone else None)

    async def wait(self) -> int | None:
        """Its exit code, when it has ended."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(LOOK_SECONDS)
        if self.parent_process and self.pid:
            self.parent_process.ended.pop(self.pid, None)
        self.parent_process = None
        return code

    async def send_signal(self, signum: int) -> None:
        """To the kernel and whatever it started."""
        if self.parent_process and not self.parent_process.gone:
            with suppress(Stillborn):
                await self.parent_process.say(signal=self.pid, number=signum)

    async def kill(self, restart: bool = False) -> None:
        """At once: whatever a page saves appears by one rename."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """As ``kill``: a page has nothing to put in order."""
        await self.kill(restart)


def register() -> None:
    """Makes forked kernels the usual ones of this process."""
    factory = KernelProvisionerFactory.instance()
    value = f"{ForkedKernel.__module__}:{ForkedKernel.__qualname__}"
    factory.provisioners[NAME] = EntryPoint(NAME, value, KernelProvisionerFactory.GROUP_NAME)
    factory.default_provisioner_name = NAME
