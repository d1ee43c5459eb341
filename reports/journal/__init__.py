"""The coins of a book in the forms of plain-text accounting: beancount and hledger."""
