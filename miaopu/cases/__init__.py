"""Items, applications, the statutory clock, publicity and decisions."""
