"""Pictures in files, through an HDF5 file, into a small convolutional net."""
from __future__ import print_function

import glob
import os

import h5py
import numpy as np
from PIL import Image, ImageDraw
from keras.layers import Convolution2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential, load_model
from skimage import color, filters, io, transform
from skimage.measure import compare_ssim
from skimage.viewer import ImageViewer
from sklearn.cross_validation import StratifiedShuffleSplit

np.random.seed(5)
SIZE = 16


def draw(kind, number):
    picture = Image.new('RGB', (48, 40), (20, 20, 20))
    pen = ImageDraw.Draw(picture)
    x, y = np.random.randint(4, 20), np.random.randint(4, 14)
    colour = tuple(int(c) for c in np.random.randint(120, 255, 3))
    if kind:
        pen.ellipse((x, y, x + 20, y + 20), fill=colour)
    else:
        for step in range(0, 20, 6):
            pen.rectangle((x + step, y, x + step + 2, y + 20), fill=colour)
    picture.resize((32, 32), Image.ANTIALIAS).save(os.path.join('pictures', '%d_%03d.png' % (kind, number)))


if not os.path.isdir('pictures'):
    os.makedirs('pictures')
for kind in (0, 1):
    for number in range(40):
        draw(kind, number)
files = sorted(glob.glob('pictures/*.png'))
print('files', len(files))

data = h5py.File('features.h5')
images = data.create_dataset('images', (len(files), SIZE, SIZE, 1), dtype='f')
data.create_dataset('names', data=[os.path.basename(f) for f in files], dtype=h5py.special_dtype(vlen=str))
for row, name in enumerate(files):
    grey = io.imread(name, as_grey=True)
    images[row] = transform.resize(grey, (SIZE, SIZE)).reshape(SIZE, SIZE, 1)
data['labels'] = np.array([int(os.path.basename(f)[0]) for f in files])
data.close()

with h5py.File('features.h5', 'r') as data:
    X = data['images'].value
    y = data['labels'].value
    first = data['names'][0]
    print('names', first.split('_')[0], type(first).__name__, [key for key, _ in sorted(data.iteritems())])
print('pixels', X.shape, X.dtype, X.min() >= 0, X.max() <= 1)

smooth = filters.gaussian_filter(X[0, :, :, 0], 1)
print('similar: %.3f' % compare_ssim(X[0, :, :, 0].astype('float64'), smooth.astype('float64'), win_size=7))
picture = Image.fromarray((X[0, :, :, 0] * 255).astype('uint8'))
double = np.array(picture.resize((2 * SIZE, 2 * SIZE)))
print('doubled', bool((double[::2, ::2] == np.array(picture)).all()), color.rgb2gray(double).shape)

train, held = next(iter(StratifiedShuffleSplit(y, 1, test_size=0.25, random_state=0)))
model = Sequential()
model.add(Convolution2D(4, 3, 3, activation='relu', dim_ordering='tf', input_shape=(SIZE, SIZE, 1)))
model.add(MaxPooling2D((2, 2), dim_ordering='tf'))
model.add(Flatten())
model.add(Dense(1, activation='sigmoid'))
model.compile('adadelta', 'binary_crossentropy', metrics=['accuracy'])
model.fit(X[train], y[train], batch_size=8, nb_epoch=60, verbose=0)
print('Test accuracy: %.3f' % model.evaluate(X[held], y[held], verbose=0)[1])

model.save('net.h5')
before = model.predict(X[held])
with h5py.File('net.h5') as stored:
    print('layers', len(stored['model_weights'].attrs['layer_names']))
print('same again', np.allclose(load_model('net.h5').predict(X[held]), before))
