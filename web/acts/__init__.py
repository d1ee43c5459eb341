"""What a person may do on a page: each act asks a few things, and becomes events as `lotwork add` makes them."""
