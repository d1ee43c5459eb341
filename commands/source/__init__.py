"""`lotwork source`: what is watched, put in, tried, listed and taken out by commands."""
