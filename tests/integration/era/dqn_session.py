# Deep Q-learning on a corridor: learn to walk right. The target network follows by assignments that the session
# runs.
from __future__ import print_function
import random
from collections import deque

import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import RMSprop

CELLS, GAMMA, TAU, BATCH = 6, 0.9, 0.2, 32

random.seed(1)
np.random.seed(1)
sess = tf.Session()
K.set_session(sess)


def build_network():
    model = Sequential()
    model.add(Dense(24, init='lecun_uniform', input_shape=(CELLS,)))
    model.add(Dense(24, activation='relu'))
    model.add(Dense(2, activation='linear'))
    model.compile(loss='mse', optimizer=RMSprop(lr=0.005))
    return model


class Agent:
    def __init__(self):
        self.memory = deque(maxlen=2000)
        self.model = build_network()
        self.target = build_network()
        pairs = zip(self.model.trainable_weights, self.target.trainable_weights)
        self.copy = [t.assign(w) for w, t in zip(self.model.weights, self.target.weights)]
        self.follow = [t.assign(TAU * w + (1 - TAU) * t) for w, t in pairs]
        sess.run(tf.initialize_all_variables())
        sess.run(self.copy)

    def act(self, state, epsilon):
        if np.random.rand() <= epsilon:
            return random.randrange(2)
        return int(np.argmax(self.model.predict(state)[0]))

    def replay(self):
        batch = random.sample(list(self.memory), BATCH)
        states = np.vstack([each[0] for each in batch])
        targets = self.model.predict(states)
        for i, (_, action, reward, following, done) in enumerate(batch):
            targets[i, action] = reward
            if not done:
                targets[i, action] += GAMMA * np.amax(self.target.predict(following)[0])
        loss = self.model.train_on_batch(states, targets)
        sess.run(self.follow)
        return loss


def one_hot(cell):
    state = np.zeros((1, CELLS))
    state[0, cell] = 1
    return state


agent = Agent()
same = [np.allclose(a, b) for a, b in zip(agent.model.get_weights(), agent.target.get_weights())]
print('Target equals network at the start:', all(same))
epsilon = 1.0
for episode in range(40):
    cell = 0
    for step in range(20):
        state = one_hot(cell)
        action = agent.act(state, epsilon)
        cell = min(CELLS - 1, cell + 1) if action == 1 else max(0, cell - 1)
        done = cell == CELLS - 1
        agent.memory.append((state, action, 1.0 if done else -0.05, one_hot(cell), done))
        if len(agent.memory) > BATCH:
            loss = agent.replay()
        if done:
            break
    epsilon = max(0.1, epsilon * 0.9)

policy = [int(np.argmax(agent.model.predict(one_hot(cell))[0])) for cell in range(CELLS - 1)]
print('Policy:', policy)
gap = max(np.abs(a - b).max() for a, b in zip(agent.model.get_weights(), agent.target.get_weights()))
print('Gap: %.4f' % gap)
