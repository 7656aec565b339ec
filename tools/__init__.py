"""Tools for those who build the product; the product itself does not import them."""
