"""Routes by audience; miaopu.portal.urls puts them together."""
