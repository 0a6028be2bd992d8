"""The tree is that of RFC 6962, however it was grown and however it is proven."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.tree.merkle import HASH_BYTES, Frontier, leaf_hash
from consent.tree.paths import (
    Span,
    consistency,
    hashes,
    inclusion,
    is_consistent,
    root_by_inclusion,
    spans,
)
from tests.tree import oracle
from tests.tree.grown import Grown

# The eight leaves that implementations of Certificate Transparency test with, and the roots
# after each (google/certificate-transparency, merkletree).
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

# Around the sizes at which tiles of the first level begin and end.
sizes = st.one_of(st.integers(1, 40), st.integers(250, 270), st.integers(500, 800))


def data(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


def flipped(some: bytes) -> bytes:
    return bytes([some[0] ^ 1]) + some[1:]


def test_the_roots_are_those_of_the_standard_vectors() -> None:
    frontier = Frontier()
    found = []
    for leaf in LEAVES:
        frontier.append(leaf_hash(leaf))
        found.append(frontier.root.hex())
    assert found == ROOTS


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Frontier().root.hex() == EMPTY


@given(size=sizes)
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert Grown(data(size)).frontier.root == oracle.tree_hash(data(size))


@given(size=sizes, more=st.integers(0, 300))
def test_a_tree_grows_on_from_what_was_written_down(size: int, more: int) -> None:
    kept = bytes(Grown(data(size)).frontier)
    frontier = Frontier(size, kept)
    for leaf in data(size + more)[size:]:
        frontier.append(leaf_hash(leaf))
    assert frontier.size == size + more
    assert frontier.root == oracle.tree_hash(data(size + more))


@pytest.mark.parametrize(("size", "length"), [(-1, 0), (0, 32), (1, 0), (2, 64), (3, 63), (3, 65)])
def test_bytes_that_are_no_frontier_of_that_size_are_refused(size: int, length: int) -> None:
    with pytest.raises(ValueError, match="no frontier"):
        Frontier(size, bytes(length))


def test_every_256_leaves_and_every_65536_complete_a_tile() -> None:
    frontier = Frontier(65_535, bytes(HASH_BYTES * 16))
    assert [(tile.level, tile.index) for tile in frontier.append(bytes(32))] == [(1, 255), (2, 0)]
    assert frontier.append(bytes(32)) == ()


@given(size=sizes, at=st.data())
def test_an_inclusion_proof_is_that_of_the_definition(size: int, at: st.DataObject) -> None:
    index = at.draw(st.integers(0, size - 1))
    assert hashes(inclusion(index, size), Grown(data(size)).read) == oracle.path(index, data(size))


@given(size=sizes, at=st.data())
def test_a_consistency_proof_is_that_of_the_definition(size: int, at: st.DataObject) -> None:
    old = at.draw(st.integers(1, size))
    assert hashes(consistency(old, size), Grown(data(size)).read) == oracle.proof(old, data(size))


@given(size=sizes, at=st.data())
def test_an_inclusion_proof_leads_to_the_root_from_no_other_leaf(
    size: int, at: st.DataObject
) -> None:
    index = at.draw(st.integers(0, size - 1))
    other = at.draw(st.integers(0, size - 1).filter(lambda other: other != index) | st.just(size))
    root, proof = oracle.tree_hash(data(size)), oracle.path(index, data(size))
    leaf = leaf_hash(data(size)[index])
    assert root_by_inclusion(leaf, index, size, proof) == root
    assert root_by_inclusion(flipped(leaf), index, size, proof) != root
    assert root_by_inclusion(leaf, other, size, proof) != root
    assert root_by_inclusion(leaf, index, size, [*proof, root]) is None
    for number, each in enumerate(proof):
        changed = [*proof[:number], flipped(each), *proof[number + 1 :]]
        assert root_by_inclusion(leaf, index, size, changed) != root
        assert root_by_inclusion(leaf, index, size, proof[:number]) is None


@given(size=sizes, at=st.data())
def test_a_consistency_proof_holds_for_these_two_trees_alone(size: int, at: st.DataObject) -> None:
    old = at.draw(st.integers(1, size))
    roots = oracle.tree_hash(data(old)), oracle.tree_hash(data(size))
    proof = oracle.proof(old, data(size))
    assert is_consistent(old, roots[0], size, roots[1], proof)
    assert not is_consistent(old, flipped(roots[0]), size, roots[1], proof)
    assert not is_consistent(old, roots[0], size, flipped(roots[1]), proof)
    assert not is_consistent(old, roots[0], size, roots[1], [*proof, roots[0]])
    for number, each in enumerate(proof):
        changed = [*proof[:number], flipped(each), *proof[number + 1 :]]
        assert not is_consistent(old, roots[0], size, roots[1], changed)
        assert not is_consistent(old, roots[0], size, roots[1], proof[:number])


def test_every_tree_begins_with_the_empty_one() -> None:
    root = oracle.tree_hash(data(5))
    assert consistency(0, 5) == []
    assert is_consistent(0, bytes.fromhex(EMPTY), 5, root, [])
    assert not is_consistent(0, root, 5, root, [])
    assert not is_consistent(0, bytes.fromhex(EMPTY), 5, root, [root])


def test_a_tree_does_not_begin_with_a_larger_one() -> None:
    root = oracle.tree_hash(data(5))
    assert not is_consistent(6, root, 5, root, [])
    with pytest.raises(ValueError, match="cannot begin"):
        consistency(6, 5)


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    assert root_by_inclusion(bytes(32), 5, 5, []) is None
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(5, 5)


@pytest.mark.parametrize("size", [1_000_000, 1_048_575, 1_000_000_007])
def test_a_proof_reads_a_few_thousand_hashes_of_however_many_leaves(size: int) -> None:
    for proof in (inclusion(size // 3, size), consistency(size // 3, size)):
        read = [span for subtree in proof for span in spans(subtree)]
        assert len(read) < 64
        assert sum(span.stop - span.start for span in read) < 4_000


def test_what_is_read_of_a_tile_is_at_most_half_of_it() -> None:
    read = [span for subtree in inclusion(700, 70_000) for span in spans(subtree)]
    assert Span(0, 512, 640) in read
    assert all(span.stop - span.start <= 128 for span in read)
