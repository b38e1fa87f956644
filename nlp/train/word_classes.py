"""Groups words by their neighbours in unlabelled news: the classes that tell the name recogniser what an unseen word is like.

Run: python -m nlp.train.word_classes NEWS.jsonl.gz OUT.tsv  (needs the extra [train]; about five minutes, seeded)
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix, hstack
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from nlp.names import words
from nlp.normalize import fold

WORDS, NEIGHBOURS, SEED = 50_000, 4_000, 7
CLASSES = (60, 400, 1_500)


def _documents(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield [word for word, _, _ in words(fold(f"{row.get('title') or ''}\n{row.get('text') or ''}").text)]


def main(news: Path, out: Path) -> None:
    """Count left and right neighbours, reduce, cluster, write one ``word TAB class TAB class TAB class`` a line, coarse to fine."""
    counts: Counter[str] = Counter()
    for document in _documents(news):
        counts.update(document)
    vocabulary = [word for word, _ in counts.most_common(WORDS)]
    index = {word: place for place, word in enumerate(vocabulary)}
    pairs: dict[int, Counter[int]] = {1: Counter(), 2: Counter()}
    for document in _documents(news):
        places = [index.get(word, -1) for word in document]
        for left, right in pairwise(places):
            if left >= 0 and right >= 0:
                if left < NEIGHBOURS:
                    pairs[1][right * NEIGHBOURS + left] += 1
                if right < NEIGHBOURS:
                    pairs[2][left * NEIGHBOURS + right] += 1
    sides = []
    for side in (1, 2):
        keys = np.fromiter(pairs[side].keys(), dtype=np.int64)
        values = np.fromiter(pairs[side].values(), dtype=np.float64)
        rows, columns = keys // NEIGHBOURS, keys % NEIGHBOURS
        row_sums = np.bincount(rows, values, len(vocabulary))
        column_sums = np.bincount(columns, values, NEIGHBOURS) ** 0.75
        weight = np.log(np.maximum(values * column_sums.sum() / (row_sums[rows] * column_sums[columns]), 1.0))
        sides.append(coo_matrix((weight, (rows, columns)), shape=(len(vocabulary), NEIGHBOURS)).tocsr())
    vectors = normalize(TruncatedSVD(100, random_state=SEED).fit_transform(hstack(sides).tocsr()))
    columns = [MiniBatchKMeans(size, random_state=SEED, n_init=3, batch_size=8192).fit_predict(vectors) for size in CLASSES]
    rows = zip(vocabulary, *columns, strict=True)
    out.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
