"""Messages of several topics that belong together by their stamps."""
