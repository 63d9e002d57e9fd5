"""The documentation as a site: MkDocs builds it of docs/, and of pages that are written from the catalogues.

`mkdocs build` (the extra `docs`) calls `site.py`; `python -m documenting.pictures` makes the pictures.
It is no part of the package, and may import anything of it.
"""
