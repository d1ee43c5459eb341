"""What is paid month after month: a dated rule of the taxpayer's own, which writes real events as they fall due."""
