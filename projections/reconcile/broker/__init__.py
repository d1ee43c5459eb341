"""Forms 1099-DA held against the sales of a year: which line tells of which sale, what differs, and why."""
