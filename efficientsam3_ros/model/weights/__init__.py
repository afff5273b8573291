"""Released weights: recognise, check, convert, store and fetch them."""
