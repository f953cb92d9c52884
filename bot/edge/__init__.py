"""What stands around every route: refusals, headers, limits, health, pages, the actions' route."""
