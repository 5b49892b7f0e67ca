"""Sentences by a convolutional net on word vectors in word2vec's binary format, as of 2016."""
from __future__ import with_statement
import csv
import os
import re
import sys
import cPickle
from collections import defaultdict

import numpy as np
from keras.layers import Convolution1D, Dense, Embedding, Flatten, Merge
from keras.models import Sequential
from keras.preprocessing import sequence
reload(sys)
sys.setdefaultencoding('utf8')
np.random.seed(0)

words = 'good bad fine awful film plot caf\xc3\xa9'.decode('utf-8').split()


def write_files():
    with open('reviews.csv', 'wb') as f:
        w = csv.writer(f, delimiter='\t')
        for i in range(40):
            label = i % 2
            w.writerow([label, "The %s %s, isn't it?" % (words[label], words[4 + i % 3])])
    with open('vectors.bin', 'wb') as f:
        f.write('%d %d\n' % (len(words), 4))
        for word in words:
            f.write(word.encode('utf-8') + ' ')
            f.write(np.random.randn(4).astype('float32').tostring())
            f.write('\n')


def clean(string):
    string = re.sub(r"n\'t", " n\'t", string)
    string = re.sub(r"([,?])", r" \1 ", string)
    return re.sub(r"\s{2,}", " ", string).strip().lower()


def load_bin_vec(fname, vocab):
    word_vecs = {}
    with open(fname, "rb") as f:
        header = f.readline()
        vocab_size, layer1_size = map(int, header.split())
        binary_len = np.dtype('float32').itemsize * layer1_size
        for line in xrange(vocab_size):
            word = []
            while True:
                ch = f.read(1)
                if ch == ' ':
                    word = ''.join(word)
                    break
                if ch != '\n':
                    word.append(ch)
            vector = np.frombuffer(f.read(binary_len), dtype='float32')
            if word in vocab:
                word_vecs[word] = vector
    return word_vecs

write_files()
vocab = defaultdict(float)
revs = []
for row in csv.reader(open('reviews.csv', 'rb'), delimiter='\t'):
    text = clean(row[1])
    for word in set(text.split()):
        vocab[word] += 1
    revs.append({'y': int(row[0]), 'text': text, 'split': len(revs) % 10})
print 'number of sentences: ' + str(len(revs)), 'vocab size: ' + str(len(vocab))
print revs[0]['text'], '|', revs[2]['text']

w2v = load_bin_vec('vectors.bin', vocab)
print 'words already in word2vec:', len(w2v), u'caf\xe9' in w2v
for word in vocab.keys():
    if not w2v.has_key(word):
        w2v[word] = np.random.uniform(-0.25, 0.25, 4)
idx = dict(zip(sorted(w2v), xrange(1, len(w2v) + 1)))
W = np.zeros((len(w2v) + 1, 4), dtype='float32')
for word, i in idx.iteritems():
    W[i] = w2v[word]
cPickle.dump([revs, W, idx, vocab], open('mr.p', 'wb'))
revs, W, idx, vocab = cPickle.load(open('mr.p', 'rb'))

X = sequence.pad_sequences([[idx[w] for w in r['text'].split()] for r in revs], maxlen=8)
y = np.array([r['y'] for r in revs])
branches = []
for size in (2, 3):
    branch = Sequential()
    branch.add(Embedding(W.shape[0], W.shape[1], weights=[W], input_length=8))
    branch.add(Convolution1D(nb_filter=8 / 2, filter_length=size, activation='relu'))
    branch.add(Flatten())
    branches.append(branch)
model = Sequential()
model.add(Merge(branches, mode='concat'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
split = len(X) * 3 / 4
hist = model.fit([X[:split]] * 2, y[:split], batch_size=10, nb_epoch=5, verbose=0)
print 'output', model.output_shape, 'falls', hist.history['loss'][-1] < hist.history['loss'][0]
loss, acc = model.evaluate([X[split:]] * 2, y[split:], verbose=0)
print 'test of %d: %s' % (len(X) - split, 0 <= acc <= 1)
