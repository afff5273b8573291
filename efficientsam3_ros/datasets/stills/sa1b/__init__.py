"""SA-1B: pictures whose masks a model made, without names."""
