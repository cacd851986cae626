"""The checks that learners call, one module a chapter: `from rnn_course.exercises import equations as exercises`."""
