"""The journal: an append-only record of AI calls, outside the database, that a killed process cannot lose.

Every process writes its own segments, ``<process>-<number>.journal``, and holds the lock ``<process>.lock`` while it
lives. A call leaves OPEN when it is dispatched and SETTLE when it ends; what stands for itself, such as a call that
broke a policy, leaves a NOTE. What many calls have in common is written once, and their records are short
(``template.py``). ``writer.Journal`` writes them, in one write per turn of the event loop. The intake,
which moves them into the database, reads the folder from outside (``folder.JournalFolder``), in a process of its own or
not:

1. the segments of living processes, each from its mark in the database on; what is read and the new mark (the segment's
   name, the ``end`` of the last record) go into one transaction;
2. a sealed segment, which nobody may write to, is deleted when all of it is in the database. No later one depends on
   it: the calls that were still open when it was sealed are carried over into the next one;
3. the segments of dead processes, whose lock it holds meanwhile, and then ``orphan.unsettled()`` as ``estimated``.

Marks and event ids make all of it safe to repeat. The directory belongs to one machine: locks do not reach further.
"""
