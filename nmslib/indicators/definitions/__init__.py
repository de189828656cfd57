"""What each indicator counts: one function an indicator, named by its card, returning rows. Knows no plan and no state."""

import inspect
from collections.abc import Callable

from nmslib.indicators.definitions import active_counts, organisation_shares, regional, staff_shares, training
from nmslib.indicators.rows import Counted, Question
from nmslib.registries import Frames

Definition = Callable[[Frames, Question], Counted]

# Every public function of these modules that returns rows is the definition of the card that it is named by.
FUNCTIONS: dict[str, Definition] = {
    name: function
    for module in (staff_shares, training, organisation_shares, active_counts, regional)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and inspect.signature(function).return_annotation is Counted and name[0] != "_"
}
