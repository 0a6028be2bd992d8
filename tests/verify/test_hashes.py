"""The verifier's tree against the published vectors, the definition, and the writer's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consent.verify.hashes import Edge, is_consistent, is_included, leaf_hash
from tests.verify.signing import consistency, frontier, inclusion, tree_hash

DATA = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
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
"""Of the first one to eight of them: the test data of the reference implementation of RFC 6962."""

SIZES = st.integers(1, 70)


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(bytes([each])) for each in range(size)]


def edge_of(leaves: list[bytes]) -> Edge:
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf)
    return edge


def test_the_published_roots_come_out() -> None:
    edge, roots = Edge(), []
    for data in DATA:
        edge.append(leaf_hash(data))
        roots.append(edge.root().hex())
    assert roots == ROOTS


def test_the_tree_of_nothing_has_the_root_of_the_standard() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (Edge().root().hex(), Edge().packed()) == (empty, b"")


@given(st.integers(0, 70))
def test_the_edge_is_that_of_the_definition(size: int) -> None:
    leaves = hashes(size)
    edge = edge_of(leaves)
    assert (edge.size, edge.root(), edge.packed()) == (size, tree_hash(leaves), frontier(leaves))


@given(SIZES, st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_nowhere_else(
    size: int, data: st.DataObject
) -> None:
    leaves = hashes(size)
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion(index, leaves), tree_hash(leaves)

    def included(index: int, size: int, path: list[bytes]) -> bool:
        return is_included(leaves[index % size], index=index, size=size, path=path, root=root)

    assert included(index, size, path)
    assert not included(index, size, [*path, b"\x00" * 32])
    assert not included(size, size, path)
    assert not any(included(each, size, path) for each in range(size) if each != index)
    assert not path or not included(index, size, path[:-1])


@given(SIZES, SIZES, st.data())
def test_a_tree_is_consistent_with_its_beginnings_and_with_no_other(
    one: int, other: int, data: st.DataObject
) -> None:
    first, second = sorted((one, other))
    leaves = hashes(second)
    path, old, new = consistency(first, leaves), tree_hash(leaves[:first]), tree_hash(leaves)
    assert is_consistent(first, old, second, new, path)
    assert not is_consistent(first, b"\x00" * 32, second, new, path)
    assert not is_consistent(first, old, second, b"\x00" * 32, path)
    assert not is_consistent(first, old, second, new, [*path, b"\x00" * 32])
    assert not path or not is_consistent(first, old, second, new, path[:-1])


def test_nothing_is_consistent_with_the_tree_of_nothing_by_a_proof() -> None:
    assert not is_consistent(0, Edge().root(), 3, tree_hash(hashes(3)), [b"\x00" * 32])
    assert not is_consistent(3, tree_hash(hashes(3)), 2, tree_hash(hashes(2)), [b"\x00" * 32])
