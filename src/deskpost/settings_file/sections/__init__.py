"""The sections of a settings file, one file each; `order.py` lists them."""
