"""Measured comparisons: every figure beside its baselines, taken in the same run.

python -m benchmarks                all rows
python -m benchmarks xlsx start     some of them
python -m benchmarks --write        and put the table into benchmarks/README.md

sheets      the source files that are measured on, made anew for every run
script      the script that an office would write without this product: a baseline
tasks       everything that is timed, one function each, run in a process of its own
running     processes, best of several, the probe of the writer's lock
rows        what is compared with what, and what is demanded
report      the table, and its place in the README
"""
