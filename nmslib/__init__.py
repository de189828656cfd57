"""Decision support for systems of scientific-methodological support (НМС): from an order to a report.

The package knows the orders, the registries and what follows from them; what the user chose arrives as arguments.
"""

__version__ = "0.1.0"
