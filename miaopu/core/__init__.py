"""Users, roles, offices, regions, scope, events, files, jobs, notices: no word of the domain."""
