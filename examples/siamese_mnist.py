"""A siamese network learns a plane on which equal digits lie close together, and draws it.

    polykeras run examples/siamese_mnist.py --plot embedding.png

Both digits of a pair go through one network with two outputs; its contrastive loss (Hadsell, Chopra, LeCun
2006) pulls pairs of equal digits together and pushes others a margin apart.
"""

import argparse

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Dense, Input, Lambda
from keras.models import Model, Sequential

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=60000, help="number of training digits")
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--plot", metavar="FILE", help="draw the test digits on the plane")
options = parser.parse_args()

np.random.seed(1337)


def make_pairs(labels):
    """Indices (n, 2) of pairs and 1 where the digits are equal, 0 where not; as many of each."""
    by_digit = [np.where(labels == digit)[0] for digit in range(10)]
    first = np.arange(len(labels))
    equal = np.array([np.random.choice(by_digit[label]) for label in labels])
    others = (labels + np.random.randint(1, 10, size=len(labels))) % 10
    other = np.array([np.random.choice(by_digit[label]) for label in others])
    indices = np.concatenate([np.stack([first, equal], 1), np.stack([first, other], 1)])
    return indices, np.repeat([1.0, 0.0], len(labels)).astype("float32")


def euclidean_distance(points):
    first, second = points
    return K.sqrt(K.maximum(K.sum(K.square(first - second), axis=1, keepdims=True), K.epsilon()))


def contrastive_loss(y_true, distance):
    return K.mean(y_true * K.square(distance) + (1 - y_true) * K.square(K.maximum(1 - distance, 0)))


def accuracy(pairs, equal):
    distances = model.predict([pairs[:, 0], pairs[:, 1]], batch_size=1000).ravel()
    return np.mean((distances < 0.5) == (equal == 1))


(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train, y_train = X_train[: options.samples].reshape(-1, 784) / np.float32(255), y_train[: options.samples]
X_test = X_test.reshape(-1, 784) / np.float32(255)
train_indices, train_equal = make_pairs(y_train)
test_indices, test_equal = make_pairs(y_test)
train_pairs, test_pairs = X_train[train_indices], X_test[test_indices]

embedding = Sequential(name="embedding")
embedding.add(Dense(256, input_shape=(784,), activation="relu"))
embedding.add(Dense(128, activation="relu"))
embedding.add(Dense(2))

left, right = Input(shape=(784,)), Input(shape=(784,))
distance = Lambda(euclidean_distance, output_shape=lambda shapes: (shapes[0][0], 1))(
    [embedding(left), embedding(right)]
)
model = Model(input=[left, right], output=distance)
model.compile(loss=contrastive_loss, optimizer="adam")
model.fit(
    [train_pairs[:, 0], train_pairs[:, 1]],
    train_equal,
    validation_data=([test_pairs[:, 0], test_pairs[:, 1]], test_equal),
    batch_size=128,
    nb_epoch=options.epochs,
)
print(f"Train accuracy: {accuracy(train_pairs, train_equal):.4f}")
print(f"Test accuracy: {accuracy(test_pairs, test_equal):.4f}")

if options.plot:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    points = embedding.predict(X_test, batch_size=1000)
    figure, axes = pyplot.subplots(figsize=(8, 8))
    for digit in range(10):
        mine = points[y_test == digit]
        axes.scatter(mine[:, 0], mine[:, 1], s=4, alpha=0.5, color=f"C{digit}", label=str(digit))
        axes.annotate(str(digit), np.median(mine, axis=0), fontsize=18, weight="bold")
    axes.set_title("10 000 test digits on the learned plane")
    axes.set_aspect("equal")
    axes.legend(markerscale=4)
    figure.savefig(options.plot, dpi=120)
    print("Plot:", options.plot)
