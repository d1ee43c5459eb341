"""The bounded client: how anyone outside is asked, how long, how much, and what of the answer is believed."""
