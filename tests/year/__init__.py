"""A year in the life: one miner's 2026, from the payloads that services answer with to the lines of the return.

`story` is the year, month by month (`doings` and `houses` are what can happen in it, `truth` what did, in plain
numbers); `services` and `exports` tell it, as of each day, in the layouts of recorded answers and files; `living` polls
and imports in some drawn order and answers what is asked; `reckoning` says what the year comes to, without Lotwork.
"""
