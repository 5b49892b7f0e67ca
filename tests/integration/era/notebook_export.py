
# coding: utf-8

# # Digits with a small convnet
# 
# An exported notebook of 2016.

# In[1]:

get_ipython().magic(u'matplotlib inline')
import numpy as np
from __future__ import print_function, division


# In[2]:

from keras.models import Sequential
from keras.layers import Dense, Activation, Flatten, Convolution2D, MaxPooling2D
from keras.utils import np_utils
from keras import backend as K
K.set_image_dim_ordering('th')
np.random.seed(7)


# In[3]:

img = 8
nb_classes = 2
X = np.random.rand(64, 1, img, img)
y = (X[:, :, :img // 2].mean(axis=(1, 2, 3)) > X[:, :, img // 2:].mean(axis=(1, 2, 3))).astype(int)
Y = np_utils.to_categorical(y, nb_classes)
split = len(X) * 0.75
X_train, Y_train = X[:split], Y[:split]
X_test, Y_test = X[split:], Y[split:]
print(X_train.shape, X_test.shape, Y_train.shape[1] / 4)


# In[4]:

model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='same', input_shape=(1, img, img)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(nb_classes, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])


# In[5]:

get_ipython().run_cell_magic(u'time', u'', u"history = model.fit(X_train, Y_train, nb_epoch=2, batch_size=16, verbose=0)\nprint(sorted(history.history.keys()))")


# In[6]:

get_ipython().system(u'nvidia-smi')
score = model.evaluate(X_test, Y_test, verbose=0)
print('scores:', len(score), isinstance(score[0], float))
for name in history.history.keys():
    print(unicode(name), len(history.history[name]), end='; ')
print()
%matplotlib inline
