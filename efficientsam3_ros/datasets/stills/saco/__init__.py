"""SA-Co Gold and Silver: phrases on pictures, asked also where nothing answers them."""
