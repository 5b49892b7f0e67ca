'''Deep Q-learning of a walk along a corridor, in pure Theano: experience replay and a target network.'''
from __future__ import print_function
import random
from collections import OrderedDict

import numpy as np
import theano
import theano.tensor as T
from theano.tensor.shared_randomstreams import RandomStreams

rng = np.random.RandomState(42)
random.seed(42)
srng = RandomStreams(rng.randint(2 ** 30))
floatX = theano.config.floatX
length, n_actions, n_hidden, batch_size, gamma = 7, 2, 24, 32, 0.9


def sharedX(value, name=None):
    return theano.shared(theano._asarray(value, dtype=floatX), name=name, borrow=True)


def init_params(prefix):
    W1 = sharedX(rng.uniform(-.5, .5, (length, n_hidden)), prefix + 'W1')
    b1 = sharedX(np.zeros(n_hidden), prefix + 'b1')
    W2 = sharedX(rng.uniform(-.5, .5, (n_hidden, n_actions)), prefix + 'W2')
    b2 = sharedX(np.zeros(n_actions), prefix + 'b2')
    return [W1, b1, W2, b2]


def q_values(x, params, drop=0.):
    W1, b1, W2, b2 = params
    h = T.nnet.relu(T.dot(x, W1) + b1)
    if drop:
        h = h * srng.binomial(h.shape, n=1, p=1 - drop, dtype=floatX) / (1 - drop)
    return T.dot(h, W2) + b2


def rmsprop(cost, params, lr=0.005, rho=0.9, epsilon=1e-6):
    updates = OrderedDict()
    for p, g in zip(params, T.grad(cost, params)):
        acc = theano.shared(p.get_value() * 0., broadcastable=p.broadcastable)
        acc_new = rho * acc + (1 - rho) * g ** 2
        updates[acc] = acc_new
        updates[p] = p - lr * g / T.sqrt(acc_new + epsilon)
    return updates


states, next_states = T.matrix('states'), T.matrix('next_states')
actions, rewards, terminals = T.icol('actions'), T.col('rewards'), T.icol('terminals')
params, target_params = init_params(''), init_params('target_')

# the replay memory lies in shared variables, as on a graphics card
memory = dict(states=sharedX(np.zeros((batch_size, length))),
              next_states=sharedX(np.zeros((batch_size, length))),
              rewards=theano.shared(np.zeros((batch_size, 1), dtype=floatX), broadcastable=(False, True)),
              actions=theano.shared(np.zeros((batch_size, 1), dtype='int32'), broadcastable=(False, True)),
              terminals=theano.shared(np.zeros((batch_size, 1), dtype='int32'), broadcastable=(False, True)))
givens = {states: memory['states'], next_states: memory['next_states'], rewards: memory['rewards'],
          actions: memory['actions'], terminals: memory['terminals']}

q = q_values(states, params, drop=0.05)
next_q = theano.gradient.disconnected_grad(q_values(next_states, target_params))
target = rewards + (T.ones_like(terminals) - terminals) * gamma * T.max(next_q, axis=1, keepdims=True)
diff = target - q[T.arange(batch_size), actions.reshape((-1,))].reshape((-1, 1))
quadratic = T.minimum(abs(diff), 1.0)
loss = T.sum(0.5 * quadratic ** 2 + (abs(diff) - quadratic))

train = theano.function([], [loss], updates=rmsprop(loss, params), givens=givens)
copy = theano.function([], [], updates=list(zip(target_params, params)))
predict = theano.function([states], q_values(states, params), allow_input_downcast=True)


def one_hot(position):
    return np.eye(length)[position]


replay, losses = [], []
copy()
for episode in range(250):
    position, terminal, steps = 0, False, 0
    while not terminal and steps < 60:
        if rng.rand() < max(.1, 1 - episode / 60.):
            action = rng.randint(n_actions)
        else:
            action = int(predict(one_hot(position)[None]).argmax())
        following = min(max(position + (1 if action else -1), 0), length - 1)
        terminal = following == length - 1
        replay.append((one_hot(position), action, 1. if terminal else 0., one_hot(following), terminal))
        position, steps = following, steps + 1
        if len(replay) >= batch_size:
            s, a, r, s2, t = zip(*random.sample(replay[-2000:], batch_size))
            memory['states'].set_value(np.array(s, dtype=floatX))
            memory['next_states'].set_value(np.array(s2, dtype=floatX))
            memory['rewards'].set_value(np.array(r, dtype=floatX)[:, None])
            memory['actions'].set_value(np.array(a, dtype='int32')[:, None])
            memory['terminals'].set_value(np.array(t, dtype='int32')[:, None])
            losses.append(float(train()[0]))
    if episode % 5 == 0:
        copy()

greedy = predict(np.eye(length)[:-1]).argmax(axis=1)
print('floatX', floatX, 'updates', len(losses))
print('loss', np.mean(losses[:20]), np.mean(losses[-20:]))
print('greedy', greedy.tolist())
print('Value at the door:', float(predict(one_hot(length - 2)[None]).max()))
if np.any([type(node.op).__name__ == 'Dot' for node in train.maker.fgraph.toposort()]):
    print('Used the cpu')
