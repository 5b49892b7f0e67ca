"""A grid search over a Keras model, and the curves of the best."""
from __future__ import print_function

import numpy
import matplotlib
matplotlib.use('Agg', warn=False)
import matplotlib.pyplot as plt
from keras.layers.core import Dense, Activation
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.cross_validation import KFold, cross_val_score
from sklearn.datasets.samples_generator import make_blobs
from sklearn.decomposition import RandomizedPCA
from sklearn.grid_search import GridSearchCV
from sklearn.lda import LDA
from sklearn.learning_curve import learning_curve
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

seed = 7
numpy.random.seed(seed)
X, y = make_blobs(150, 4, 3, random_state=seed)
X = X + numpy.random.normal(0, 2.5, X.shape)


def create_model(neurons=4, optimizer='adam'):
    model = Sequential()
    model.add(Dense(neurons, input_dim=4, init='normal'))
    model.add(Activation('relu'))
    model.add(Dense(3, init='normal'))
    model.add(Activation('softmax'))
    model.compile(loss='sparse_categorical_crossentropy', optimizer=optimizer, metrics=['accuracy'])
    return model


estimator = KerasClassifier(build_fn=create_model, nb_epoch=20, batch_size=10, verbose=0)
grid = GridSearchCV(estimator=estimator, param_grid={'neurons': [2, 12]}, n_jobs=1,
                    cv=KFold(len(X), n_folds=3, shuffle=True, random_state=seed))
result = grid.fit(X, y)
print("Best: %f using %s" % (result.best_score_, result.best_params_))
for params, mean_score, scores in result.grid_scores_:
    print("%f (%f) with: %r" % (scores.mean(), scores.std(), params))

steps = [('scale', StandardScaler()), ('net', KerasClassifier(create_model, nb_epoch=25, verbose=0, neurons=12))]
scores = cross_val_score(Pipeline(steps), X, y, cv=KFold(n=len(X), n_folds=3, shuffle=True, random_state=seed))
print('Test accuracy: %.4f (%d folds)' % (scores.mean(), len(scores)))

rivals = [('lda', LDA()), ('svc', SVC(10.0, 'rbf', probability=False)), ('sgd', SGDClassifier(n_iter=30, loss='log')),
          ('logistic', LogisticRegression())]
losses = {}
for name, rival in rivals:
    losses[name] = cross_val_score(rival, X, y, 'accuracy', 5).mean()
print(sorted(losses), all(value > 0.5 for value in losses.values()))
print('log loss %.3f' % -cross_val_score(LogisticRegression(), X, y, scoring='log_loss').mean())
sizes, on_train, on_test = learning_curve(SVC(gamma=0.05), X, y, train_sizes=[20, 60, 90], cv=3)

plt.style.use('seaborn-white')
figure = plt.figure(figsize=(6, 4))
axes = plt.subplot(221, axisbg='lightgrey')
plt.hold(True)
plt.plot(sizes, on_train.mean(1), label='train')
plt.plot(sizes, on_test.mean(1), 'r-', label='test')
plt.legend(loc='lower right', fancybox=True)
axes = plt.subplot(222)
heights = plt.hist(X[:, 0], 10, normed=True, color='g', alpha=0.5)[0]
plt.tick_params(axis='both', which='both', bottom='off', labelbottom='off')
plane = RandomizedPCA(2, random_state=seed).fit_transform(X)
plt.subplot(223)
plt.scatter(plane[:, 0], plane[:, 1], c=y, cmap=plt.cm.spectral, edgecolor='')
plt.grid('on')
plt.subplot(224).set_axis_bgcolor('white')
plt.bar(left=range(len(losses)), height=[losses[k] for k in sorted(losses)])
plt.savefig('curves.png', frameon=False)
plt.show()
print('drawn', len(heights), 'bins')
