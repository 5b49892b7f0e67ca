"""Logistic regression: is the point above or below a plane in 20 dimensions?

    polykeras run examples/binary_classification.py

Shows early stopping, class weights, `predict_classes` and `predict_proba`.
"""

import argparse

import numpy as np
from keras.callbacks import EarlyStopping
from keras.layers import Dense
from keras.models import Sequential

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=4000)
parser.add_argument("--epochs", type=int, default=60, help="at most so many epochs")
options = parser.parse_args()

np.random.seed(7)

# One point in ten lies above the plane: the rare class gets more weight.
plane = np.random.normal(size=20)
data = np.random.normal(size=(options.samples, 20))
height = data.dot(plane)
labels = (height > np.percentile(height, 90)).astype("float32")
nb_train = options.samples * 3 // 4

model = Sequential([Dense(1, input_dim=20, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(
    data[:nb_train],
    labels[:nb_train],
    nb_epoch=options.epochs,
    batch_size=16,
    class_weight={0: 1.0, 1: 9.0},
    validation_split=0.2,
    callbacks=[EarlyStopping(monitor="val_loss", patience=3)],
    verbose=2,
)

test_data, test_labels = data[nb_train:], labels[nb_train:]
found = model.predict_classes(test_data, verbose=0).ravel()
probabilities = model.predict_proba(test_data, verbose=0).ravel()
print(f"Points above the plane: {test_labels.sum():.0f}, found: {(found * test_labels).sum():.0f}")
above, below = probabilities[test_labels == 1].mean(), probabilities[test_labels == 0].mean()
print(f"Mean probability: {above:.3f} above, {below:.3f} below")
print(f"Test accuracy: {np.mean(found == test_labels):.4f}")
