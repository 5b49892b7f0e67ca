'''Sums up the marked numbers of a sequence: attention written with Theano inside a Keras model.

    THEANO_FLAGS=device=gpu,floatX=float32 python theano_attention.py
'''
from __future__ import print_function
import numpy as np
np.random.seed(1337)

import theano
import theano.tensor as T
from theano.sandbox.rng_mrg import MRG_RandomStreams as RandomStreams
from keras import backend as K
from keras import initializations
from keras.engine.topology import Layer
from keras.layers import Input, Dense, TimeDistributed
from keras.models import Model

print('device', theano.config.device, 'floatX', theano.config.floatX)
srng = RandomStreams(seed=np.random.randint(10e6))
nb_samples, maxlen, hidden = 2000, 12, 16


class ScanRNN(Layer):
    '''A plain recurrent net; noise on its states while it is trained.'''

    def __init__(self, output_dim, noise=0.05, **kwargs):
        self.output_dim = output_dim
        self.noise = noise
        self.init = initializations.get('glorot_uniform')
        super(ScanRNN, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.init((input_shape[2], self.output_dim), name='{}_W'.format(self.name))
        self.U = self.init((self.output_dim, self.output_dim), name='{}_U'.format(self.name))
        self.b = K.zeros((self.output_dim,), name='{}_b'.format(self.name))
        self.trainable_weights = [self.W, self.U, self.b]

    def step(self, x_t, h_tm1, W, U, b):
        return T.tanh(T.dot(x_t, W) + T.dot(h_tm1, U) + b)

    def call(self, x, mask=None):
        h0 = T.unbroadcast(T.alloc(np.asarray(0., dtype=theano.config.floatX),
                                   x.shape[0], self.output_dim), 1)
        h, updates = theano.scan(self.step,
                                 sequences=[x.dimshuffle(1, 0, 2)],
                                 outputs_info=[h0],
                                 non_sequences=[self.W, self.U, self.b],
                                 truncate_gradient=-1)
        h = h.dimshuffle(1, 0, 2)
        noisy = h + srng.normal(h.shape, avg=0., std=self.noise, dtype=theano.config.floatX)
        return K.in_train_phase(noisy, h)

    def get_output_shape_for(self, input_shape):
        return input_shape[:2] + (self.output_dim,)


class Attention(Layer):
    '''Takes [states, values]; the values are weighted by a softmax over time.'''

    def build(self, input_shape):
        dim = input_shape[0][2]
        self.w = K.variable(0.1 * np.random.normal(size=(dim,)), name='att_w')
        self.trainable_weights = [self.w]

    def call(self, inputs, mask=None):
        h, v = inputs
        e = T.dot(T.tanh(h), self.w)
        alpha = T.nnet.softmax(e).dimshuffle(0, 1, 'x')
        return T.sum(alpha * v, axis=1)

    def get_output_shape_for(self, input_shape):
        return (input_shape[1][0], input_shape[1][2])


def half_squares(y_true, y_pred):
    return T.mean(0.5 * T.sqr(y_pred - y_true), axis=-1)


# one number of each sequence is marked: it is the answer
numbers = np.random.uniform(-1, 1, (nb_samples, maxlen))
marks = np.zeros((nb_samples, maxlen))
where = np.random.randint(0, maxlen, nb_samples)
marks[np.arange(nb_samples), where] = 1
X = np.dstack([numbers, marks])
y = numbers[np.arange(nb_samples), where][:, None]

inputs = Input(shape=(maxlen, 2))
states = ScanRNN(hidden)(inputs)
values = TimeDistributed(Dense(4))(states)
answer = Dense(1)(Attention()([states, values]))
model = Model(input=inputs, output=answer)
model.compile(loss=half_squares, optimizer='adam')
model.fit(X[:1800], y[:1800], batch_size=50, nb_epoch=25, verbose=2)

get_weights = theano.function([inputs, K.learning_phase()], T.sum(T.abs_(states), axis=2),
                              allow_input_downcast=True, on_unused_input='ignore')
print('activity', get_weights(X[:2], 0).shape)
print('before', np.mean(0.5 * y[1800:] ** 2), 'Test score:', model.evaluate(X[1800:], y[1800:], verbose=0))
