"""What Redis and Valkey run to count for limits: one script to take, one to correct, each for all limits of a call.

A script runs alone, so that a call takes from all of its buckets or from none, whichever process asks. Times are the
server's, in microseconds, so that the clocks of the processes do not matter. A rate is GCRA's theoretical arrival time
(:mod:`trunkline.gateway.gates.gcra`) with the interval that it was reckoned with, so that as many units stay taken when
an amount is changed; places are a sorted set of leases by the time at which each ends by itself, for
processes that die. https://redis.io/docs/latest/develop/programmability/eval-intro/
"""

from __future__ import annotations

from typing import Final

RATE: Final = "r"
PLACES: Final = "p"

_RATE: Final = """
local function read(key, interval, now, most)
    local tat, before = string.match(redis.call('GET', key) or '', '^([^:]+):?(.*)$')
    if not tat then return now end
    local kept = math.max(tonumber(tat) - now, 0)
    local taken = kept * interval / (tonumber(before) or interval)
    if most and taken > kept then taken = math.min(taken, math.max(kept, most)) end
    return now + taken
end
local function write(key, interval, now, tat)
    local kept = string.format('%.3f:%.17g', tat, interval)
    redis.call('SET', key, kept, 'PX', math.max(math.ceil((tat - now) / 1000), 1))
end
"""
"""How a rate is kept: ``read`` gives the theoretical arrival time, or now where that has passed. Where the amount was
lowered, ``most`` is what can be taken at most of the new one."""

TAKE: Final = (
    _RATE
    + """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lease, life = ARGV[1], tonumber(ARGV[2])
local refused, longest = -1, 0
local after = {}
for i, key in ipairs(KEYS) do
    local base = 4 * i - 1
    local kind, cost = ARGV[base], tonumber(ARGV[base + 3])
    local first, second = tonumber(ARGV[base + 1]), tonumber(ARGV[base + 2])
    if kind == 'p' then
        redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
        if refused < 0 and redis.call('ZCARD', key) + cost > first then
            refused, longest = i - 1, -1
        end
    else
        local interval, tolerance = first, second
        local start = read(key, interval, now, tolerance)
        after[i] = start + cost * interval
        local wait = start + math.min(cost * interval, tolerance) - now - tolerance
        if wait > interval / 1000 and (refused < 0 or longest < 0 or wait > longest) then
            refused, longest = i - 1, wait
        end
    end
end
local told = {refused, math.ceil(longest)}
for i, key in ipairs(KEYS) do
    local base = 4 * i - 1
    if ARGV[base] == 'p' then
        if refused < 0 then
            redis.call('ZADD', key, now + life, lease)
            redis.call('PEXPIRE', key, math.ceil(life / 1000))
        end
        told[#told + 1] = redis.call('ZCARD', key)
    else
        local tat = after[i]
        if refused < 0 then
            write(key, tonumber(ARGV[base + 1]), now, tat)
        else
            tat = read(key, tonumber(ARGV[base + 1]), now, tonumber(ARGV[base + 2]))
        end
        told[#told + 1] = math.ceil(tat - now)
    end
end
return told
"""
)
"""Keys are buckets. Arguments: a lease and its microseconds, then for each key its kind, for a rate the interval and
the tolerance in microseconds, for places their number and 0, and what is taken.

Gives the place of the one that refused (-1: none did, and all is taken), the microseconds to wait (-1: nobody can tell)
and for each key how many microseconds its theoretical arrival time is ahead, or how many places are taken.
"""

CORRECT: Final = (
    _RATE
    + """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
    local base = 3 * i - 1
    if ARGV[base] == 'p' then
        redis.call('ZREM', key, ARGV[1])
    else
        local interval = tonumber(ARGV[base + 1])
        local tat = read(key, interval, now) + interval * ARGV[base + 2]
        if tat > now then
            write(key, interval, now, tat)
        else
            redis.call('DEL', key)
        end
    end
end
"""
)
"""Arguments: the lease, then for each key its kind, a rate's interval in microseconds, and the units that are taken
besides, or given back where they are negative. A place is given back whatever is said."""
