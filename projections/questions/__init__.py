"""What a person is asked: what may be no income, what two sources may both have told, and the commands that answer."""
