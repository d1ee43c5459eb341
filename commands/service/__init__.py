"""`lotwork service`: the daemon kept running by systemd: the unit installed, told of, taken out."""
