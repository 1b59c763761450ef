"""What ties the rooms together: settings, command line, urls, demo."""
