"""Income tax of Portugal, as far as its figures are known here."""
