"""A plan typed into a spreadsheet, a sheet a table: read into what a package holds, and the template."""
