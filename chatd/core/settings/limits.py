"""
Every bound that chatd keeps, with its default.

One value holds them all, so that an operator can read them in one place and a test can shrink one of them.
Sizes are bytes, times are seconds, unless a name says otherwise.
"""

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The keys of C{[limits]} in the configuration file, spelt there with hyphens."""

    text_line: Count = 2048
    json_line: Count = 16384
    greeting_pause: Seconds = 0.4
    handshake_deadline: Seconds = 10.0
    login_deadline: Seconds = 60.0
    login_tries: Count = 3
    password_length: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 10

    unauthenticated: Count = 256
    unauthenticated_per_address: Count = 8
    connections_per_address: Count = 16
    new_connections_per_address: Count = 60
    new_connections_window: Seconds = 600.0
    sessions_per_account: Count = 20
    registrations_per_address: Count = 3
    registrations_per_address_window: Seconds = 3600.0
    registrations: Count = 30
    registrations_window: Seconds = 600.0

    failures_per_address: Count = 20
    failures_per_name: Count = 5
    failures_window: Seconds = 600.0
    failures_of_strangers: Count = 100
    failures_of_strangers_per_hour: Seconds = 60.0
    failure_delay: Seconds = 1.0
    failure_delay_most: Seconds = 15.0
    known_addresses: Count = 100
    known_address_age: Seconds = 30 * 86400.0
    session_tokens: Count = 50
    app_tokens: Count = 20
    token_idle: Seconds = 30 * 86400.0
    token_age: Seconds = 90 * 86400.0

    lines_per_turn: Count = 8
    lines_pending: Count = 64
    line_burst: Count = 20
    lines_per_second: Seconds = 5.0
    unread_bytes: Count = 65536
    unread_seconds: Seconds = 10.0
    refusals_in_a_row: Count = 50
    faults_in_a_row: Count = 3
    linger_seconds: Seconds = 2.0
    join_burst: Count = 20
    joins_per_second: Seconds = 1.0

    rooms_joined: Count = 50
    rooms_owned: Count = 15
    rooms_of_guests_per_address: Count = 50
    rooms: Count = 10_000

    queue_soft: Count = 32 * 1024
    queue_hard: Count = 128 * 1024
    queue_seconds: Seconds = 30.0
    queue_total: Count = 256 * 1024 * 1024

    history_page: Count = 200
    resume_page: Count = 500
    ban_seconds: Seconds = 86400.0
    bans: Count = 500
    masks: Count = 200

    journal_batch: Count = 256
    journal_entries: Count = 5000
    journal_seconds: Seconds = 2.0
    free_disk: Annotated[int, msgspec.Meta(ge=0)] = 64 * 1024 * 1024

    hash_threads: Count = 2
    hashes_per_address: Count = 2
    hash_queue_seconds: Seconds = 5.0
    stop_seconds: Seconds = 5.0
    table_entries: Count = 100_000
