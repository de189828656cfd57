"""Charts from finished frames; neither reads nor computes figures. Importing it makes charts render without a network."""

from nmslib.charts import offline
from nmslib.charts.arrivals import arrivals
from nmslib.charts.bullets import bullets
from nmslib.charts.gantt import gantt, gantt_by_direction
from nmslib.charts.load import load
from nmslib.charts.network import network

offline.enable()

__all__ = ["arrivals", "bullets", "gantt", "gantt_by_direction", "load", "network"]
