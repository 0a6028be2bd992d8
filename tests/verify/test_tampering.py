"""Each way to change a log unseen is seen (ledger 3; REC-07)."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from consent.verify.report import Code
from tests.verify.built import Built, a_notice, changing
from tests.verify.forging import STRANGER, Database, edit, put, rename, resign
from tests.verify.found import found_in, report_on
from tests.verify.signing import leaf_of, tree_hash

LOG = Built()
OWN = LOG.signers[-1]
"""The key that the log signs with: whoever has that too is only told on by copies elsewhere."""
IN_TREE, WAITING = 5, 11

Tampering = Callable[[Database], object]


def flip_a_grant(database: Database) -> None:
    edit(database, IN_TREE, lambda fields: fields.update(purposes={"analytics": True}))


def flip_a_grant_in_the_record_alone(database: Database) -> None:
    other = LOG.body(IN_TREE, purposes={"analytics": True, "marketing": True})
    rename(database, IN_TREE, "body", other)


def backdate(database: Database) -> None:
    edit(database, IN_TREE, lambda fields: fields.update(made_at="2025-12-31T00:00:00.000Z"))


def delete_a_record(database: Database) -> None:
    database.execute("DELETE FROM record WHERE id = ?", (LOG.id(IN_TREE),))
    database.execute("DELETE FROM subject WHERE record_id = ?", (LOG.id(IN_TREE),))


def delete_a_record_and_its_leaf(database: Database) -> None:
    delete_a_record(database)
    database.execute("DELETE FROM leaf WHERE idx = ?", (IN_TREE,))


def close_the_gap_after_that(database: Database) -> None:
    delete_a_record_and_its_leaf(database)
    for index in range(IN_TREE + 1, LOG.records):
        database.execute("UPDATE leaf SET idx = ? WHERE idx = ?", (index - 1, index))


def truncate(database: Database) -> None:
    database.execute("DELETE FROM leaf WHERE idx = ?", (LOG.records - 1,))


def swap_two(database: Database) -> None:
    for index, there in ((-1, 3), (3, 4), (4, -1)):
        database.execute("UPDATE leaf SET idx = ? WHERE idx = ?", (index, there))


def insert_in_the_tree(database: Database) -> None:
    insert_without_a_promise(database)
    database.execute("DELETE FROM pending WHERE record_id = ?", (LOG.id(50),))
    row = (LOG.records, LOG.id(50), leaf_of(LOG.body(50)))
    database.execute("INSERT INTO leaf VALUES (?, ?, ?)", row)


def insert_and_sign_it_with_another_key(database: Database) -> None:
    insert_in_the_tree(database)
    resign(database, STRANGER)


def flip_and_sign_it_with_another_key_in_the_list(database: Database) -> None:
    flip_a_grant(database)
    resign(database, STRANGER)
    database.execute("INSERT INTO key VALUES (?, NULL)", (STRANGER.vkey,))


def flip_and_sign_it_with_a_key_endorsed_by_itself(database: Database) -> None:
    flip_a_grant(database)
    resign(database, STRANGER)
    row = (STRANGER.vkey, STRANGER.endorse(STRANGER))
    database.execute("INSERT INTO key VALUES (?, ?)", row)


def forge_an_endorsement(database: Database) -> None:
    text, _, _ = OWN.endorse(STRANGER).rpartition("\n\n")
    forged = f"{text}\n\n{OWN.line('something else')}"
    database.execute("INSERT INTO key VALUES (?, ?)", (STRANGER.vkey, forged))


def reuse_an_endorsement(database: Database) -> None:
    row = (STRANGER.vkey, LOG.signers[0].endorse(OWN))
    database.execute("INSERT INTO key VALUES (?, ?)", row)


def swap_the_key(database: Database) -> None:
    database.execute("UPDATE key SET vkey = ? WHERE vkey = ?", (STRANGER.vkey, OWN.vkey))


def drop_the_endorsement(database: Database) -> None:
    database.execute("UPDATE key SET endorsement = NULL")


def replace_the_notice(database: Database) -> None:
    database.execute("UPDATE notice SET content = ?", (a_notice("Au revoir"),))


def replace_the_notice_and_its_hash(database: Database) -> None:
    content = a_notice("Au revoir")
    row = (sha256(content).hexdigest(), content)
    database.execute("UPDATE notice SET hash = ?, content = ?", row)


def name_another_notice(database: Database) -> None:
    content = a_notice("Au revoir")
    digest = sha256(content).hexdigest()
    database.execute("INSERT INTO notice VALUES (?, ?)", (digest, content))
    rename(database, IN_TREE, "notice", digest)


def spell_the_body_differently(database: Database) -> None:
    put(database, LOG.id(WAITING), LOG.body(WAITING).replace(b":", b": ", 1))


def change_the_subject(database: Database) -> None:
    row = (str(uuid4()), LOG.id(IN_TREE))
    database.execute("UPDATE subject SET subject = ? WHERE record_id = ?", row)


def change_the_number(database: Database) -> None:
    database.execute("UPDATE subject SET seq = 9 WHERE record_id = ?", (LOG.id(IN_TREE),))


def change_the_salt(database: Database) -> None:
    database.execute("UPDATE subject SET salt = zeroblob(32) WHERE record_id = ?", (LOG.id(5),))


def exchange_two_visitors(database: Database) -> None:
    pairs = (("x", LOG.id(4)), (LOG.id(4), LOG.id(6)), (LOG.id(6), "x"))
    for name, there in pairs:
        row = (name, there)
        database.execute("UPDATE subject SET record_id = ? WHERE record_id = ?", row)


def move_salt_into_the_subject(database: Database) -> None:
    """What is hashed stays the same, cut elsewhere."""
    _, seq, salt = LOG.person(IN_TREE)
    database.execute(
        "UPDATE subject SET salt = ? WHERE record_id = ?",
        (salt + b'{"seq":2,"subject":"', LOG.id(IN_TREE)),
    )


def change_the_leaf(database: Database) -> None:
    database.execute("UPDATE leaf SET hash = zeroblob(32) WHERE idx = ?", (IN_TREE,))


def point_a_leaf_elsewhere(database: Database) -> None:
    database.execute("UPDATE leaf SET record_id = ? WHERE idx = 0", (str(uuid4()),))


def change_the_idempotency_key(database: Database) -> None:
    rename(database, IN_TREE, "idempotency_key", "another-key-of-16-or-more")


def change_the_body_hash(database: Database) -> None:
    rename(database, IN_TREE, "body_hash", "0" * 64)


def drop_one_that_waits(database: Database) -> None:
    database.execute("DELETE FROM pending WHERE record_id = ?", (LOG.id(WAITING),))


def insert_without_a_promise(database: Database) -> None:
    insert(database, None)


def insert_with_a_promise_of_another_key(database: Database) -> None:
    insert(database, STRANGER.promise(leaf_of(LOG.body(50))))


def insert_with_the_promise_of_another_record(database: Database) -> None:
    insert(database, OWN.promise(leaf_of(LOG.body(WAITING))))


def insert(database: Database, promise: bytes | None) -> None:
    key, digest = "key-of-request-50", sha256(b"body 50").hexdigest()
    row = (LOG.id(50), key, digest, LOG.digest, LOG.body(50))
    database.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", row)
    database.execute("INSERT INTO subject VALUES (?, ?, ?, ?)", (LOG.id(50), *LOG.person(50)))
    database.execute("INSERT INTO pending VALUES (?, ?)", (LOG.id(50), promise))


def flip_one_that_waits(database: Database) -> None:
    edit(database, WAITING, lambda fields: fields.update(purposes={"analytics": True}))


def roll_the_head_back(database: Database) -> None:
    leaves = LOG.leaves(4)
    database.execute("UPDATE head SET size = 4, frontier = ?", (tree_hash(leaves),))


def change_the_frontier(database: Database) -> None:
    database.execute("UPDATE head SET frontier = zeroblob(64)")


def change_the_origin(database: Database) -> None:
    database.execute("UPDATE head SET origin = 'www.example.org/consent'")


def take_the_newest_checkpoint_away(database: Database) -> None:
    database.execute("DELETE FROM checkpoint WHERE size = ?", (LOG.records,))


def sign_another_root(database: Database) -> None:
    leaves = [*LOG.leaves(3), leaf_of(b"another")]
    row = (OWN.checkpoint(leaves),)
    database.execute("UPDATE checkpoint SET note = ? WHERE size = 4", row)


def exchange_two_checkpoints(database: Database) -> None:
    for size, there in ((-1, 4), (4, 8), (8, -1)):
        database.execute("UPDATE checkpoint SET size = ? WHERE size = ?", (size, there))


def foresee_a_checkpoint(database: Database) -> None:
    row = (99, OWN.checkpoint(LOG.leaves(99)))
    database.execute("INSERT INTO checkpoint VALUES (?, ?)", row)


def take_the_signature_of_another_checkpoint(database: Database) -> None:
    text, _, _ = OWN.checkpoint(LOG.leaves(4)).rpartition("\n\n")
    forged = f"{text}\n\n{OWN.line('another text')}"
    database.execute("UPDATE checkpoint SET note = ? WHERE size = 4", (forged,))


def raise_the_minimum(database: Database) -> None:
    database.execute("UPDATE head SET minimum = ?", (IN_TREE + 1,))


def prune_what_is_young(database: Database) -> None:
    raise_the_minimum(database)
    for number in range(IN_TREE + 1):
        database.execute("DELETE FROM record WHERE id = ?", (LOG.id(number),))
        database.execute("DELETE FROM subject WHERE record_id = ?", (LOG.id(number),))


def lower_the_minimum_below_nothing(database: Database) -> None:
    database.execute("UPDATE head SET minimum = -1")


def write_nonsense_for_a_checkpoint(database: Database) -> None:
    database.execute("UPDATE checkpoint SET note = 'nonsense' WHERE size = 8")


def sign_a_checkpoint_of_less_than_nothing(database: Database) -> None:
    row = (-1, OWN.checkpoint([]))
    database.execute("INSERT INTO checkpoint VALUES (?, ?)", row)


def write_a_notice_in_another_form(database: Database) -> None:
    content = b'{ "form": 1 }'
    row = (sha256(content).hexdigest(), content)
    database.execute("INSERT INTO notice VALUES (?, ?)", row)


def erase_half_of_a_subject(database: Database) -> None:
    database.execute("CREATE TABLE copy AS SELECT * FROM subject")
    database.execute("DROP TABLE subject")
    database.execute("ALTER TABLE copy RENAME TO subject")
    database.execute("UPDATE subject SET salt = NULL WHERE seq = 2")


def empty_a_body(database: Database) -> None:
    """A row without what makes it a record is as good as gone."""
    database.execute("CREATE TABLE copy AS SELECT * FROM record")
    database.execute("DROP TABLE record")
    database.execute("ALTER TABLE copy RENAME TO record")
    rename(database, IN_TREE, "body", None)


def write_an_unknown_tile(database: Database) -> None:
    database.execute("INSERT INTO tile VALUES (0, 0, zeroblob(32))")


def write_a_tile_without_leaves(database: Database) -> None:
    database.execute("INSERT INTO tile VALUES (1, 0, zeroblob(32))")


def add_a_second_head(database: Database) -> None:
    database.execute("INSERT INTO head SELECT 2, origin, size, frontier, minimum FROM head")


def leave_the_subject_of_nobody(database: Database) -> None:
    row = (str(uuid4()), str(uuid4()), 1, b"\0" * 32)
    database.execute("INSERT INTO subject VALUES (?, ?, ?, ?)", row)


def let_one_in_the_tree_wait(database: Database) -> None:
    database.execute("INSERT INTO pending VALUES (?, NULL)", (LOG.id(IN_TREE),))


def change_what_a_witness_said(database: Database) -> None:
    other = OWN.checkpoint([*LOG.leaves(3), leaf_of(b"another")])
    database.execute("UPDATE witness SET content = CAST(? AS BLOB)", (other,))


def move_what_a_witness_said(database: Database) -> None:
    database.execute("UPDATE witness SET size = 8")


WAYS: dict[Tampering, set[Code]] = {
    flip_a_grant: {Code.ROOT, Code.HEAD},
    flip_a_grant_in_the_record_alone: {Code.LEAF},
    backdate: {Code.TIME, Code.ROOT, Code.HEAD},
    delete_a_record: {Code.MISSING},
    delete_a_record_and_its_leaf: {Code.INDEX, Code.ROOT, Code.HEAD, Code.ROLLED_BACK},
    close_the_gap_after_that: {Code.ROOT, Code.HEAD, Code.ROLLED_BACK},
    truncate: {Code.STRAY, Code.HEAD, Code.ROLLED_BACK},
    swap_two: {Code.ROOT, Code.HEAD, Code.OUTSIDE},
    insert_in_the_tree: {Code.HEAD},
    insert_and_sign_it_with_another_key: {Code.SIGNATURE},
    flip_and_sign_it_with_another_key_in_the_list: {Code.UNENDORSED},
    flip_and_sign_it_with_a_key_endorsed_by_itself: {Code.UNENDORSED, Code.SIGNATURE},
    forge_an_endorsement: {Code.KEY, Code.UNENDORSED},
    reuse_an_endorsement: {Code.KEY, Code.UNENDORSED},
    swap_the_key: {Code.KEY, Code.UNENDORSED, Code.SIGNATURE, Code.PROMISE, Code.OUTSIDE},
    drop_the_endorsement: {Code.UNENDORSED},
    replace_the_notice: {Code.NOTICE},
    replace_the_notice_and_its_hash: {Code.NOTICE},
    name_another_notice: {Code.COLUMN},
    spell_the_body_differently: {Code.BODY, Code.PROMISE},
    change_the_subject: {Code.COMMITMENT},
    change_the_number: {Code.COMMITMENT},
    change_the_salt: {Code.COMMITMENT},
    exchange_two_visitors: {Code.COMMITMENT},
    move_salt_into_the_subject: {Code.COMMITMENT},
    change_the_leaf: {Code.LEAF, Code.ROOT, Code.HEAD},
    point_a_leaf_elsewhere: {Code.MISSING, Code.STRAY},
    change_the_idempotency_key: {Code.COLUMN},
    change_the_body_hash: {Code.COLUMN},
    drop_one_that_waits: {Code.STRAY},
    insert_without_a_promise: {Code.UNPROMISED},
    insert_with_a_promise_of_another_key: {Code.PROMISE},
    insert_with_the_promise_of_another_record: {Code.PROMISE},
    flip_one_that_waits: {Code.PROMISE},
    roll_the_head_back: {Code.HEAD},
    change_the_frontier: {Code.HEAD},
    change_the_origin: {Code.KEY, Code.CHECKPOINT, Code.PROMISE, Code.OUTSIDE},
    take_the_newest_checkpoint_away: {Code.HEAD},
    sign_another_root: {Code.ROOT},
    exchange_two_checkpoints: {Code.CHECKPOINT, Code.ROOT},
    foresee_a_checkpoint: {Code.ROLLED_BACK},
    take_the_signature_of_another_checkpoint: {Code.SIGNATURE},
    raise_the_minimum: {Code.UNPRUNED, Code.PRUNING},
    prune_what_is_young: {Code.TOO_EARLY, Code.PRUNING},
    lower_the_minimum_below_nothing: {Code.HEAD, Code.PRUNING},
    write_nonsense_for_a_checkpoint: {Code.CHECKPOINT},
    sign_a_checkpoint_of_less_than_nothing: {Code.CHECKPOINT},
    write_a_notice_in_another_form: {Code.NOTICE},
    erase_half_of_a_subject: {Code.COMMITMENT},
    empty_a_body: {Code.MISSING},
    write_an_unknown_tile: {Code.TILE},
    write_a_tile_without_leaves: {Code.TILE},
    add_a_second_head: {Code.HEAD},
    leave_the_subject_of_nobody: {Code.FOREIGN},
    let_one_in_the_tree_wait: {Code.FOREIGN},
    change_what_a_witness_said: {Code.OUTSIDE},
    move_what_a_witness_said: {Code.OUTSIDE},
}


def test_an_untouched_log_holds(path: Path) -> None:
    report = report_on(path)
    assert report.holds
    assert report.counts["records"] == LOG.records + LOG.pending


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_tampering_is_found(path: Path, way: Tampering) -> None:
    with changing(path) as database:
        way(database)
    assert found_in(path) == WAYS[way]
