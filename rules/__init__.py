"""The law: dated, cited figures beside the formulas that use them."""
