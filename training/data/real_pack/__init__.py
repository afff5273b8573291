"""The pack of real pictures that the suites of real pictures and some trainings read."""
