"""What goes onto the forms themselves: the rows of Form 8949 in cents, and the lines of Schedule D they add up to."""
