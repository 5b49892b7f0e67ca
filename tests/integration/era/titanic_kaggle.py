"""Kaggle: who survives? Reads train.csv and test.csv, writes submission.csv."""
from __future__ import print_function

import numpy as np
import pandas as pd
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.utils import np_utils
from sklearn.cross_validation import StratifiedKFold, train_test_split
from sklearn.externals import joblib
from sklearn.metrics import accuracy_score, classification_report, log_loss
from sklearn.preprocessing import Imputer, LabelEncoder, StandardScaler

np.random.seed(1337)
pd.options.mode.chained_assignment = None

train = pd.read_csv('train.csv', ',')
test = pd.read_csv('test.csv')
print('train', train.shape, 'test', test.shape)

labels = train.ix[:, 'Survived'].values
train.drop('Survived', 1, inplace=True)
passengers = test['PassengerId']
everyone = train.append(test, ignore_index=True)
everyone = everyone.drop(['PassengerId'], axis=1)

# ages: boys first, then the median by class
everyone['Age'][everyone.Name.str.contains('Master.', regex=False) & everyone.Age.isnull()] = 4
everyone['Embarked'].fillna('S', inplace=True)
everyone['Fare'].fillna(everyone.Fare.median(), inplace=True)
print('missing', everyone.isnull().sum()[everyone.columns.get_loc('Age')], 'ages')

everyone['Family'] = everyone.ix[:, ['SibSp', 'Parch']].sum(1)
everyone.drop(['Name', 'SibSp', 'Parch'], 1, inplace=True)
for column in everyone.columns:
    if everyone[column].dtype == 'object' and column != 'Embarked':
        everyone[column] = LabelEncoder().fit_transform(everyone[column])
        print('encoded', column)
everyone = pd.concat([everyone.drop('Embarked', 1), pd.get_dummies(everyone.Embarked, prefix='from')], 1)

X = everyone.as_matrix().astype('float32')
X = Imputer(missing_values='NaN', strategy='median', axis=0).fit_transform(X)
scaler = StandardScaler().fit(X)
X = scaler.transform(X)
joblib.dump(scaler, 'scaler.pkl')
X_train, X_test = X[:len(labels)], X[len(labels):]
print('features', X_train.shape[1], list(everyone.columns))


def make_model():
    model = Sequential()
    model.add(Dense(16, input_dim=X_train.shape[1], init='uniform', activation='relu'))
    model.add(Dropout(0.2))
    model.add(Dense(2, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


folds = StratifiedKFold(labels, n_folds=3, shuffle=True, random_state=7)
guesses = np.zeros((len(labels), 2))
for number, (fitted, held) in enumerate(folds):
    model = make_model()
    Y = np_utils.to_categorical(labels[fitted], 2)
    model.fit(X_train[fitted], Y, nb_epoch=25, batch_size=16, verbose=0)
    guesses[held] = model.predict_proba(X_train[held], verbose=0)
    print('fold', number + 1, 'of', len(folds), 'samples', len(held))
print('log loss: %.4f' % log_loss(labels, guesses))
print('Test accuracy: %.4f' % accuracy_score(labels, guesses.argmax(1)))
print(classification_report(labels, guesses.argmax(1), [0, 1], ['lost', 'saved']))

a, b, ya, yb = train_test_split(X_train, labels, test_size=0.25, random_state=3)
model = make_model()
model.fit(a, np_utils.to_categorical(ya, 2), nb_epoch=5, verbose=0,
          validation_data=(b, np_utils.to_categorical(yb, 2)))
answers = pd.DataFrame({'PassengerId': passengers, 'Survived': model.predict_classes(X_test, verbose=0)})
answers.sort('PassengerId').to_csv('submission.csv', index=False)
print('smoothed', pd.rolling_mean(answers.Survived, 5).ix[4:].shape)
