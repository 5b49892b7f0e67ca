"""Adds numbers given as text: an encoder and a decoder, as of 2015."""
import inspect
import random
import string
import helpers_of_addition as helpers
from helpers_of_addition import CharacterTable, colors
from keras.models import Sequential
from keras.engine.training import slice_X
from keras.layers import Activation, TimeDistributed, Dense, RepeatVector, recurrent
import numpy as np

TRAINING_SIZE = 200
DIGITS = 2
INVERT = True
RNN = recurrent.LSTM
HIDDEN_SIZE = 64 / 4
BATCH_SIZE = 32
MAXLEN = DIGITS + 1 + DIGITS
random.seed(3)
np.random.seed(3)

chars = string.digits + '+ '
ctable = CharacterTable(chars, MAXLEN)
print inspect.getargspec(CharacterTable.__init__).args, colors.ok

questions, expected, seen = [], [], set()
print 'Generating data...'
while len(questions) < TRAINING_SIZE:
    f = lambda: int(''.join(np.random.choice(list('0123456789')) for i in xrange(np.random.randint(1, DIGITS + 1))))
    a, b = f(), f()
    key = tuple(sorted((a, b)))
    if key in seen and len(seen) < 150:
        continue
    seen.add(key)
    q = '{}+{}'.format(a, b)
    query = q + ' ' * (MAXLEN - len(q))
    ans = str(a + b)
    ans += ' ' * (DIGITS + 1 - len(ans))
    if INVERT:
        query = query[::-1]
    questions.append(query)
    expected.append(ans)
print 'Total addition questions:', len(questions)

X = np.zeros((len(questions), MAXLEN, len(chars)), dtype=np.bool_)
y = np.zeros((len(questions), DIGITS + 1, len(chars)), dtype=np.bool_)
for i, sentence in enumerate(questions):
    X[i] = ctable.encode(sentence, maxlen=MAXLEN)
for i, sentence in enumerate(expected):
    y[i] = ctable.encode(sentence, maxlen=DIGITS + 1)
indices = range(len(y))
random.shuffle(indices)
X, y = X[indices], y[indices]
split_at = len(X) - len(X) / 10
(X_train, X_val) = (slice_X(X, 0, split_at), slice_X(X, split_at))
(y_train, y_val) = (y[:split_at], y[split_at:])
print X_train.shape, y_train.shape, X_val.shape

model = Sequential()
model.add(RNN(HIDDEN_SIZE, input_shape=(MAXLEN, len(chars))))
model.add(RepeatVector(DIGITS + 1))
model.add(RNN(HIDDEN_SIZE, return_sequences=True))
model.add(TimeDistributed(Dense(len(chars))))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])

for iteration in range(1, 3):
    print
    print '-' * 10
    print 'Iteration', iteration
    model.fit(X_train, y_train, batch_size=BATCH_SIZE, nb_epoch=1, validation_data=(X_val, y_val), verbose=0)
    for i in xrange(2):
        ind = np.random.randint(0, len(X_val))
        rowX, rowy = X_val[np.array([ind])], y_val[np.array([ind])]
        preds = model.predict_classes(rowX, verbose=0)
        q, correct = ctable.decode(rowX[0]), ctable.decode(rowy[0])
        guess = ctable.decode(preds[0], calc_argmax=False)
        print 'Q', q[::-1] if INVERT else q
        print 'T', correct, len(guess), 'ok' if helpers.same(correct, correct) else 'fail'
        print '---'
