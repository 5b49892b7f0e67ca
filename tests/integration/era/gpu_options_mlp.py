'''A small net; the script is for a shared machine, so it takes a third of the card.'''
from __future__ import print_function
import os
os.environ['CUDA_VISIBLE_DEVICES'] = '0'
os.environ['THEANO_FLAGS'] = 'mode=FAST_RUN,device=gpu0,floatX=float32,lib.cnmem=0.3'

import numpy as np
import theano
import tensorflow as tf
from keras import backend as K
from keras.backend.tensorflow_backend import set_session
from keras.models import Sequential
from keras.layers import Dense, Dropout

theano.config.exception_verbosity = 'high'
theano.config.optimizer = 'fast_compile'


def get_session(gpu_fraction=0.333):
    num_threads = os.environ.get('OMP_NUM_THREADS')
    gpu_options = tf.GPUOptions(per_process_gpu_memory_fraction=gpu_fraction, allow_growth=True)
    if num_threads:
        return tf.Session(config=tf.ConfigProto(gpu_options=gpu_options,
                                                intra_op_parallelism_threads=int(num_threads)))
    return tf.Session(config=tf.ConfigProto(gpu_options=gpu_options))


np.random.seed(7)
tf.set_random_seed(7)
config = tf.ConfigProto()
config.gpu_options.allow_growth = True
config.log_device_placement = False
set_session(tf.Session(config=config))
K.set_session(get_session())

X = np.random.uniform(-1, 1, (1200, 8))
y = (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype('int32')
model = Sequential()
model.add(Dense(32, input_dim=8, activation='relu'))
model.add(Dropout(0.1))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit(X[:1000], y[:1000], nb_epoch=20, batch_size=32, verbose=0)
loss, accuracy = model.evaluate(X[1000:], y[1000:], verbose=0)
print('Test accuracy:', accuracy)
K.clear_session()
