# An actor and a critic (deep deterministic policy gradient) that learn to answer x with -x / 2.
from __future__ import print_function
import numpy as np
import tensorflow as tf
import keras.backend as K
from keras.layers import Dense, Input, merge
from keras.models import Model
from keras.optimizers import Adam

TAU, RATE = 0.1, 0.02


class ActorNetwork(object):
    def __init__(self, sess, state_size, action_size):
        self.sess = sess
        K.set_session(sess)
        self.model, self.weights, self.state = self.create_actor_network(state_size, action_size)
        self.target_model, self.target_weights, self.target_state = self.create_actor_network(
            state_size, action_size)
        self.action_gradient = tf.placeholder(tf.float32, [None, action_size])
        self.params_grad = tf.gradients(self.model.output, self.weights, -self.action_gradient)
        grads = zip(self.params_grad, self.weights)
        self.optimize = tf.train.AdamOptimizer(RATE).apply_gradients(grads)
        self.sess.run(tf.initialize_all_variables())

    def train(self, states, action_grads):
        self.sess.run(self.optimize, feed_dict={self.state: states, self.action_gradient: action_grads})

    def target_train(self):
        actor_weights = self.model.get_weights()
        actor_target_weights = self.target_model.get_weights()
        for i in range(len(actor_weights)):
            actor_target_weights[i] = TAU * actor_weights[i] + (1 - TAU) * actor_target_weights[i]
        self.target_model.set_weights(actor_target_weights)

    def create_actor_network(self, state_size, action_dim):
        S = Input(shape=[state_size])
        h0 = Dense(16, activation='relu')(S)
        V = Dense(action_dim, activation='tanh')(h0)
        model = Model(input=S, output=V)
        return model, model.trainable_weights, S


class CriticNetwork(object):
    def __init__(self, sess, state_size, action_size):
        self.sess = sess
        K.set_session(sess)
        self.model, self.action, self.state = self.create_critic_network(state_size, action_size)
        self.action_grads = tf.gradients(self.model.output, self.action)
        self.sess.run(tf.initialize_all_variables())

    def gradients(self, states, actions):
        return self.sess.run(self.action_grads, feed_dict={self.state: states, self.action: actions})[0]

    def create_critic_network(self, state_size, action_dim):
        S = Input(shape=[state_size])
        A = Input(shape=[action_dim], name='action2')
        h = merge([Dense(32, activation='relu')(S), Dense(32, activation='linear')(A)], mode='sum')
        V = Dense(1, activation='linear')(Dense(32, activation='relu')(h))
        model = Model(input=[S, A], output=V)
        model.compile(loss='mse', optimizer=Adam(lr=0.01))
        return model, A, S


np.random.seed(3)
config = tf.ConfigProto()
config.gpu_options.allow_growth = True
sess = tf.Session(config=config)
actor = ActorNetwork(sess, 1, 1)
critic = CriticNetwork(sess, 1, 1)

for step in range(300):
    states = np.random.uniform(-1, 1, (32, 1))
    actions = actor.model.predict(states) + 0.3 * np.random.randn(32, 1)
    rewards = -(actions + states / 2) ** 2
    loss = critic.model.train_on_batch([states, actions], rewards)
    if step > 100:
        grads = critic.gradients(states, actor.model.predict(states))
        actor.train(states, grads)
        actor.target_train()

answers = actor.target_model.predict(np.array([[-0.8], [0.0], [0.8]])).ravel()
print('Answers: %.2f %.2f %.2f' % tuple(answers))
