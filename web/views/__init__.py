"""The pages, a module each: what a page shows, before a template has laid it out."""
