"""Charts from finished frames; neither reads nor computes figures. Importing it makes charts render without a network."""

from nmslib.charts import offline
from nmslib.charts.arrivals import arrivals
from nmslib.charts.bullets import bullets
from nmslib.charts.compared import compared
from nmslib.charts.funnel import funnel
from nmslib.charts.gantt import gantt, gantt_by_direction
from nmslib.charts.heat import heat
from nmslib.charts.load import load
from nmslib.charts.network import network
from nmslib.charts.offline import spec
from nmslib.charts.projection import projection
from nmslib.charts.ranks import ranks
from nmslib.charts.trend import trend
from nmslib.drawing import png, svg

offline.enable()

__all__ = ["arrivals", "bullets", "funnel", "gantt", "gantt_by_direction", "heat", "load", "network", "ranks", "trend"]
__all__ += ["compared", "png", "projection", "spec", "svg"]
