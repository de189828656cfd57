"""The server of the pages: a Voila of our own, kernels that are forks of one warm process, and a narrow channel to each."""
