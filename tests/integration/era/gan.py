# -*- coding: utf-8 -*-
"""A generative adversarial net on points of a circle, as of 2016."""
import cPickle as pickle
import os
import sys

import numpy as np
from keras.layers import Input
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.core import Dense, Dropout
from keras.models import Model
from keras.optimizers import Adam

np.random.seed(1337)
nb_samples = 256
batch_size = 32
latent = 8
cache = 'circle.pkl'


def circle(n, (low, high)=(0.9, 1.1)):
	"""Points near the unit circle."""
	angle = np.random.uniform(0, 2 * np.pi, n)
        radius = np.random.uniform(low, high, n)
	return np.array(map(lambda (a, r): (r * np.cos(a), r * np.sin(a)), zip(angle, radius))).astype('float32')


def make_trainable(net, val):
    net.trainable = val
    for l in net.layers:
        l.trainable = val

if not os.path.exists(cache):
    print 'making', cache
    pickle.dump({'X_train': circle(nb_samples), 'name': u'caf\xe9', 'sizes': (nb_samples, 2L)}, open(cache, 'w'))
data = pickle.load(open(cache))
X_train = data['X_train']
assert data.has_key('name') and data['sizes'] <> (1, 2)
print 'X_train shape:', X_train.shape, 'half:', X_train.shape[0] / 2

g_input = Input(shape=[latent])
H = Dense(16, init='glorot_normal', activation='relu')(g_input)
generator = Model(g_input, Dense(2)(H))
generator.compile(loss='binary_crossentropy', optimizer=Adam(lr=1e-3))

d_input = Input(shape=(2,))
H = Dropout(0.25)(LeakyReLU(0.2)(Dense(16)(d_input)))
discriminator = Model(d_input, Dense(2, activation='softmax')(H))
discriminator.compile(loss='categorical_crossentropy', optimizer=Adam(lr=1e-2))

make_trainable(discriminator, False)
gan_input = Input(shape=[latent])
GAN = Model(gan_input, discriminator(generator(gan_input)))
GAN.compile(loss='categorical_crossentropy', optimizer=Adam(lr=1e-3))

losses = {'d': [], 'g': []}
best = None
for epoch in xrange(3):
    order = range(nb_samples)
    np.random.shuffle(order)
    for index in xrange(nb_samples / batch_size):
        real = X_train[order[index * batch_size:(index + 1) * batch_size]]
        noise = np.random.uniform(-1, 1, size=(batch_size, latent))
        fake = generator.predict(noise)
        X = np.concatenate((real, fake))
        y = np.zeros([2 * batch_size, 2])
        y[:batch_size, 1] = 1
        y[batch_size:, 0] = 1
        make_trainable(discriminator, True)
        losses['d'].append(discriminator.train_on_batch(X, y))
        y2 = np.zeros([batch_size, 2])
        y2[:, 1] = 1
        make_trainable(discriminator, False)
        losses['g'].append(GAN.train_on_batch(noise, y2))
    mean = sum(losses['d']) / len(losses['d'])
    if mean > best:
        best = mean
    print 'epoch %d/%d' % (epoch + 1, 3), 'd: %.3f' % float(mean),
    print 'finite: %s' % all(map(np.isfinite, losses['g']))

with open('losses.pkl', 'wb') as f:
    pickle.dump(losses, f, pickle.HIGHEST_PROTOCOL)
again = pickle.load(open('losses.pkl', 'rb'))
for key, values in sorted(again.iteritems(), key=lambda (k, v): k):
    print >>sys.stdout, key, len(values), values[:2] == losses[key][:2]
try:
    raise RuntimeError, 'the end'
except RuntimeError, e:
    print e, 'best' if best else `best`
for a, b in zip('xy', [3 / 2, 3 / 2.0]):
    print a, b,
print
