"""The journal: an append-only record of AI calls, outside the database, that a killed process cannot lose.

Every process writes its own segments, ``<process>-<number>.journal``, and holds the lock ``<process>.lock`` while it
lives. A call leaves OPEN when it is dispatched and SETTLE when it ends; what stands for itself, such as a call that
broke a policy, leaves a NOTE. ``writer.Journal`` writes them, in one write per turn of the event loop. Who moves them
into the database (the shipper) goes

1. through ``journal.segments()`` in order: ``segment.read`` from the segment's mark in the database; the settled
   events, the rollups, the notes and the new mark (the segment's name, the ``end`` of the last record) in one
   transaction;
2. ``journal.discard(segment)`` when it is sealed and the mark is at its end. No later one depends on it: the calls that
   were still open when it was sealed are carried over into the next one;
3. through ``orphan.adopt``, at start and now and then: the same for segments of dead
   processes, and then ``orphan.unsettled()`` as ``estimated``.

Marks and event ids make all of it safe to repeat. The directory belongs to one machine: locks do not reach further.
"""
