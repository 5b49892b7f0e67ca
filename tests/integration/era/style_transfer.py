# Style transfer in small: an image that has the features of one and the Gram matrix of another, by L-BFGS.
from __future__ import print_function
import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, Input, MaxPooling2D
from keras.models import Model
from scipy.optimize import fmin_l_bfgs_b

np.random.seed(0)
K.set_image_dim_ordering('tf')
height = width = 12
content_image = np.random.uniform(0, 1, (1, height, width, 3))
style_image = np.tile(np.array([1., 0., 0.]), (1, height, width, 1))
style_image[:, ::2] = [0., 0., 1.]

base_image = K.variable(content_image)
style_reference_image = K.variable(style_image)
combination_image = K.placeholder((1, height, width, 3))
input_tensor = K.concatenate([base_image, style_reference_image, combination_image], axis=0)

x = Input(tensor=input_tensor)
h = Convolution2D(8, 3, 3, activation='relu', border_mode='same', name='conv1_1')(x)
h = MaxPooling2D((2, 2))(h)
h = Convolution2D(8, 3, 3, activation='relu', border_mode='same', name='conv2_1')(h)
model = Model(x, h)
outputs_dict = dict([(layer.name, layer.output) for layer in model.layers])


def gram_matrix(x):
    assert K.ndim(x) == 3
    features = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(features, K.transpose(features))


def style_loss(style, combination):
    return K.sum(K.square(gram_matrix(style) - gram_matrix(combination))) / (4. * 9 * (height * width) ** 2)


def total_variation_loss(x):
    a = K.square(x[:, :height - 1, :width - 1, :] - x[:, 1:, :width - 1, :])
    b = K.square(x[:, :height - 1, :width - 1, :] - x[:, :height - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


loss = K.variable(0.)
layer_features = outputs_dict['conv2_1']
loss += 0.025 * K.sum(K.square(layer_features[2, :, :, :] - layer_features[0, :, :, :]))
for name in ['conv1_1', 'conv2_1']:
    features = outputs_dict[name]
    loss += (1. / 2) * style_loss(features[1, :, :, :], features[2, :, :, :])
loss += 1e-4 * total_variation_loss(combination_image)

grads = K.gradients(loss, combination_image)
outputs = [loss]
if type(grads) in {list, tuple}:
    outputs += grads
else:
    outputs.append(grads)
f_outputs = K.function([combination_image], outputs)


class Evaluator(object):
    def __init__(self):
        self.loss_value = None
        self.grads_values = None

    def loss(self, x):
        assert self.loss_value is None
        outs = f_outputs([x.reshape((1, height, width, 3))])
        self.loss_value = outs[0]
        self.grad_values = np.array(outs[1:]).flatten().astype('float64')
        return self.loss_value

    def grads(self, x):
        assert self.loss_value is not None
        grad_values = np.copy(self.grad_values)
        self.loss_value = None
        self.grad_values = None
        return grad_values


evaluator = Evaluator()
x = np.random.uniform(0, 1, (1, height, width, 3))
start = f_outputs([x])[0]
for i in range(3):
    x, min_val, info = fmin_l_bfgs_b(evaluator.loss, x.flatten(), fprime=evaluator.grads, maxfun=20)
print('Share of the loss left: %.4f' % (min_val / start))
