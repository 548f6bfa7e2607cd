"""Whether a FAISS index that was read is one that our store makes: FAISS itself trusts a file."""

import faiss
import numpy as np

from ragbot import door


def check(index: faiss.Index) -> None:
    """See that nothing in an index leads outside of it.

    Raises:
        ValueError: something does; the message says what.
    """
    _must(index.metric_type == faiss.METRIC_INNER_PRODUCT, "its metric is another")
    _must(0 < index.d < 1 << 20 and index.ntotal >= 0 and index.is_trained, "its size is odd")
    if type(index) is faiss.IndexScalarQuantizer:
        _halves(index)
        _must(index.codes.size() == index.ntotal * index.code_size, "vectors are missing")
        _finite(index.codes.data(), index.codes.size())
    elif type(index) in (faiss.IndexFlat, faiss.IndexFlatIP):  # of an earlier build
        _wide(index, index.ntotal)
    elif type(index) is faiss.IndexIVFScalarQuantizer:
        _halves(index)
        _lists(index)
    else:
        raise ValueError(f"it is a {type(index).__name__}")


def _halves(index: faiss.Index) -> None:
    quantizer = index.sq
    _must(quantizer.qtype == faiss.ScalarQuantizer.QT_fp16, "its numbers are of another kind")
    _must(quantizer.d == index.d, "its dimensions disagree")
    _must(index.code_size == quantizer.code_size == 2 * index.d, "its vectors are of another size")


def _lists(index: faiss.IndexIVFScalarQuantizer) -> None:
    centres = faiss.downcast_index(index.quantizer)
    _must(type(centres) in (faiss.IndexFlat, faiss.IndexFlatIP), "its centres are of another kind")
    _must(centres.metric_type == faiss.METRIC_INNER_PRODUCT, "the metric of its centres is another")
    _must((centres.d, centres.ntotal) == (index.d, index.nlist), "centres are missing")
    _wide(centres, index.nlist)
    _must(not index.by_residual, "its vectors are residuals")
    lists = index.invlists
    _must((lists.nlist, lists.code_size) == (index.nlist, index.code_size), "lists are missing")
    _must(index.direct_map.type == faiss.DirectMap.Array, "rows cannot be found")
    places = faiss.vector_to_array(index.direct_map.array)
    _must(len(places) == index.ntotal, "rows are missing")
    of_row = places >> 32, places & 0xFFFFFFFF
    seen = 0
    for number in range(index.nlist):
        size = lists.list_size(number)
        seen += size
        _must(seen <= index.ntotal, "it has more rows than it says")
        if not size:
            continue
        rows = faiss.rev_swig_ptr(lists.get_ids(number), size)
        _must(bool(rows.min() >= 0 and rows.max() < index.ntotal), "it names rows there are not")
        agrees = (of_row[0][rows] == number) & (of_row[1][rows] == np.arange(size))
        _must(bool(agrees.all()), "rows are not where it says")
        _finite(lists.get_codes(number), size * index.code_size)
    _must(seen == index.ntotal, "rows are missing")


def _wide(index: faiss.Index, count: int) -> None:
    _must(index.codes.size() == 4 * index.d * count, "vectors are missing")
    if count:
        values = faiss.rev_swig_ptr(index.get_xb(), index.d * count)
        _must(door.is_finite(values), "it holds a number that is infinite or none")


def _finite(codes: object, size: int) -> None:
    if size:
        halves = faiss.rev_swig_ptr(codes, size).view(np.float16)
        _must(door.is_finite(halves), "it holds a number that is infinite or none")


def _must(holds: bool, fault: str) -> None:
    if not holds:
        raise ValueError(fault)
