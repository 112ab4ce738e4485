"""Notebook kernels that start at once: forked from one process that has already imported the libraries.

`server` is that process; many notebooks on one package are forked from a `world` in its place, which has also computed
what they share. A notebook of ours runs in a process of its own, its kernel and papermill together (`forked`);
`provisioner` hands kernels to any Jupyter client; `engine` has papermill's engines for both, with surroundings of our
own, so that no setting of the user's changes a page. Elsewhere than on Linux, or when anything fails, kernels start the
ordinary way: slower, with the same result.
"""
