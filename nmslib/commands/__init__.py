"""The command ``nms``, a module for each kind of work; importing them puts their commands into the group."""

from nmslib.commands import dashboard, orders, outputs, planning, senders
from nmslib.commands.group import main

__all__ = ["dashboard", "main", "orders", "outputs", "planning", "senders"]
