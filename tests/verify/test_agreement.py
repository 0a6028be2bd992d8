"""Writer and verifier were written apart; what the one makes the other takes, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consent.tree import merkle, paths
from consent.verify.hashes import Edge, is_consistent, is_included, leaf_hash
from tests.verify.signing import tree_hash

DATA = st.lists(st.binary(max_size=8), min_size=1, max_size=600)


def both(data: list[bytes]) -> tuple[merkle.Frontier, Edge, list[merkle.Tile]]:
    written, read = merkle.Frontier(), Edge()
    tiles = [tile for each in data for tile in written.append(merkle.leaf_hash(each))]
    for each in data:
        read.append(leaf_hash(each))
    return written, read, tiles


@given(DATA)
def test_both_have_the_same_tree(data: list[bytes]) -> None:
    written, read, _ = both(data)
    assert (read.size, read.root(), read.packed()) == (written.size, written.root, bytes(written))


def test_both_have_the_same_tiles_at_every_level() -> None:
    _, read, tiles = both([b"%d" % number for number in range(2 * 65_536 + 3 * 256 + 7)])
    assert read.tiles == [(tile.level, tile.index, tile.hash) for tile in tiles]
    assert {tile.level for tile in tiles} == {1, 2}


@given(st.integers(1, 80), st.data())
def test_the_proofs_of_the_one_convince_the_other(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))

    def hashes(proof: list[paths.Subtree]) -> list[bytes]:
        return [tree_hash(leaves[each.start : each.stop]) for each in proof]

    root, path = tree_hash(leaves), hashes(paths.inclusion(index, size))
    assert is_included(leaves[index], index=index, size=size, path=path, root=root)
    shown = hashes(paths.consistency(old, size))
    assert is_consistent(old, tree_hash(leaves[:old]), size, root, shown)
