"""scikit-learn as releases 0.16 to 0.19 had it; expected values are what 0.19.2 gave."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import datasets, metrics, model_selection, svm

from polykeras import alias

Run = Callable[..., dict[str, Any]]
CLASSES = [0, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 2, 0]


@pytest.mark.parametrize(
    ("splitter", "tests"),
    [
        ("KFold(10, n_folds=3)", [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        ("KFold(10, 4, shuffle=True, random_state=7)", [[0, 5, 8], [1, 2, 9], [3, 7], [4, 6]]),
        ("StratifiedKFold(y, 3)", [[0, 1, 2, 4, 5, 6], [3, 7, 8, 11, 12], [9, 10, 13, 14]]),
        ("LeaveOneOut(3)", [[0], [1], [2]]),
        ("LeavePOut(3, 2)", [[0, 1], [0, 2], [1, 2]]),
        ("LeaveOneLabelOut(y)", [[0, 2, 3, 8, 9, 14], [1, 4, 7, 10], [5, 6, 11, 12, 13]]),
        ("ShuffleSplit(10, 1, test_size=0.3, random_state=0)", [[2, 8, 4]]),
        ("PredefinedSplit([0, 1, -1, 0])", [[0, 3], [1]]),
    ],
)
def test_splitters_are_iterated_themselves(program: Run, splitter: str, tests: list[list[int]]) -> None:
    source = f"""
    from sklearn.cross_validation import *
    from sklearn import cross_validation
    splits = {splitter}
    found = [(list(train), list(test)) for train, test in splits]
    count = len(splits)
    """
    space = program(source, y=CLASSES)
    assert [test for _, test in space["found"]] == tests and space["count"] == len(tests)
    total = len(CLASSES) if "y" in splitter else max(max(test) for test in tests) + 1
    if "Shuffle" not in splitter and "Predefined" not in splitter:
        for train, test in space["found"]:
            assert sorted([*train, *test]) == list(range(total))


def test_a_shuffled_kfold_keeps_its_folds(program: Run) -> None:
    source = """
    from sklearn.cross_validation import KFold, StratifiedKFold
    folds = KFold(20, n_folds=4, shuffle=True)
    first = [list(test) for _, test in folds]
    second = [list(test) for _, test in folds]
    shown = repr(KFold(10, n_folds=3))
    """
    space = program(source)
    assert space["first"] == space["second"]
    assert (
        space["shown"] == "sklearn.cross_validation.KFold(n=10, n_folds=3, shuffle=False, random_state=None)"
    )
    with pytest.raises(ValueError, match="n_folds must be a whole number from 2 to 3"):
        program("from sklearn.cross_validation import KFold; KFold(3, n_folds=4)")
    with pytest.raises(ValueError, match=r"before np_utils\.to_categorical"):
        program("from sklearn.cross_validation import StratifiedKFold; StratifiedKFold([[0, 1], [1, 0]], 2)")


def test_scores_of_a_cross_validation(program: Run) -> None:
    source = """
    import numpy as np
    from sklearn.cross_validation import cross_val_score, cross_val_predict, train_test_split
    from sklearn.linear_model import LinearRegression
    x = np.arange(12.).reshape(-1, 1)
    y = x[:, 0] ** 2
    scores = cross_val_score(LinearRegression(), x, y, 'mean_squared_error', 3)
    default = cross_val_score(LinearRegression(), x, y)
    predicted = cross_val_predict(LinearRegression(), x, y, 3)
    train, test = train_test_split(np.arange(10), random_state=3)
    """
    space = program(source)
    np.testing.assert_allclose(space["scores"], [-1205.0, -257.0, -1205.0])
    assert len(space["default"]) == 3
    np.testing.assert_allclose(space["predicted"][:4], [-51.0, -36.0, -21.0, -6.0])
    assert list(space["test"]) == [5, 4, 1]


def test_grid_search_with_its_scores(program: Run) -> None:
    source = """
    from sklearn.grid_search import GridSearchCV
    from sklearn.cross_validation import StratifiedKFold
    from sklearn.svm import SVC
    folds = StratifiedKFold(y, 4)
    search = GridSearchCV(SVC(1.0, 'rbf'), {'C': [.01, 1, 10]}, 'accuracy', cv=folds).fit(x, y)
    folds = GridSearchCV(SVC(), {'C': [.01, 1, 10]}, iid=False).fit(x, y)
    """
    iris = datasets.load_iris()
    space = program(source, x=iris.data[:-7], y=iris.target[:-7])
    search = space["search"]
    means = [score.mean_validation_score for score in search.grid_scores_]
    np.testing.assert_allclose(means, [0.69930, 0.96503, 0.96503], atol=5e-6)
    assert repr(search.grid_scores_[1]) == "mean: 0.96503, std: 0.02421, params: {'C': 1}"
    assert search.best_params_ == {"C": 1} and search.best_score_ == pytest.approx(0.965034965034965)
    assert search.score(iris.data, iris.target) > 0.95
    parameters, mean, scores = space["folds"].grid_scores_[0]
    assert parameters == {"C": 0.01} and mean == pytest.approx(0.69929, abs=5e-6) and len(scores) == 3


def test_a_random_search_and_a_scoring_of_the_time(program: Run) -> None:
    source = """
    from sklearn.grid_search import RandomizedSearchCV, ParameterGrid
    from sklearn.linear_model import LogisticRegression
    search = RandomizedSearchCV(LogisticRegression(), {'C': [.1, 1.]}, n_iter=2, scoring='log_loss')
    best = search.fit(x, y).best_score_
    grid = list(ParameterGrid({'a': [1, 2], 'b': [3]}))
    """
    iris = datasets.load_iris()
    space = program(source, x=iris.data, y=iris.target)
    assert -0.3 < space["best"] < 0 and len(space["search"].grid_scores_) == 2
    assert space["grid"] == [{"a": 1, "b": 3}, {"a": 2, "b": 3}]


def test_imputer(program: Run) -> None:
    source = """
    import numpy as np
    from sklearn.preprocessing import Imputer
    from sklearn.preprocessing.imputation import Imputer as same
    x = [[1., np.nan, 5.], [3., 4., 2.], [3., 8., 2.]]
    columns = Imputer(missing_values='NaN', strategy='mean', axis=0).fit_transform(x)
    rows = Imputer(axis=1).fit_transform(x)
    often = Imputer(missing_values=0, strategy='most_frequent').fit_transform([[0, 2], [3, 2], [3, 0]])
    statistics = Imputer(strategy='median').fit(x).statistics_
    """
    space = program(source)
    np.testing.assert_array_equal(space["columns"][0], [1, 6, 5])
    np.testing.assert_array_equal(space["rows"][0], [1, 3, 5])
    np.testing.assert_array_equal(space["often"], [[3, 2], [3, 2], [3, 2]])
    np.testing.assert_array_equal(space["statistics"], [3, 6, 2])
    assert space["same"] is space["Imputer"]
    with pytest.raises(ValueError, match="strategy must be 'mean'"):
        program("from sklearn.preprocessing import Imputer; Imputer(strategy='mode').fit([[1.]])")


def test_one_hot_encoder(program: Run) -> None:
    source = """
    from sklearn.preprocessing import OneHotEncoder
    dense = OneHotEncoder(sparse=False).fit_transform([[0], [2]])
    four = OneHotEncoder(4).fit_transform([[0], [2]]).toarray()
    encoder = OneHotEncoder(categorical_features=[1], handle_unknown='ignore').fit([[5.5, 0], [6.5, 2]])
    some = encoder.transform([[1.5, 2], [1.5, 1]]).toarray()
    """
    space = program(source)
    np.testing.assert_array_equal(space["dense"], [[1, 0], [0, 1]])
    np.testing.assert_array_equal(space["four"], [[1, 0, 0, 0], [0, 0, 1, 0]])
    np.testing.assert_array_equal(space["some"], [[0, 1, 1.5], [0, 0, 1.5]])
    with pytest.raises(ValueError, match="whole numbers from 0; got -1"):
        program("from sklearn.preprocessing import OneHotEncoder; OneHotEncoder(n_values=3).fit([[-1]])")


def test_homes_and_names(program: Run) -> None:
    program("""
    from sklearn.externals import joblib
    from sklearn.externals.joblib import Parallel, delayed
    from sklearn.externals.six.moves import xrange
    from sklearn.lda import LDA
    from sklearn.qda import QDA
    from sklearn.preprocessing.data import StandardScaler
    from sklearn.preprocessing.label import LabelEncoder
    from sklearn.ensemble.forest import RandomForestClassifier
    from sklearn.ensemble.weight_boosting import AdaBoostClassifier
    from sklearn.metrics.scorer import make_scorer
    from sklearn.metrics.classification import accuracy_score
    from sklearn.datasets.samples_generator import make_blobs
    from sklearn.utils.testing import assert_array_equal
    from sklearn.utils.linear_assignment_ import linear_assignment
    from sklearn.learning_curve import learning_curve, validation_curve
    from sklearn.decomposition import RandomizedPCA
    import sklearn.cross_validation, sklearn.grid_search
    assert make_blobs(9, 4, 3, 0.1)[0].shape == (9, 4)
    assert LDA is sklearn.discriminant_analysis.LinearDiscriminantAnalysis
    pairs = linear_assignment([[4, 1, 3], [2, 0, 5], [3, 2, 2]])
    assert [list(pair) for pair in pairs] == [[0, 1], [1, 0], [2, 2]]
    sizes, train, test = learning_curve(RandomForestClassifier(), [[i] for i in range(60)], [0, 1] * 30)
    assert train.shape == test.shape == (5, 3)
    assert RandomizedPCA(2).fit_transform([[1., 2., 3.], [3., 1., 1.], [0., 2., 1.]]).shape == (3, 2)
    """)
    with pytest.raises(NotImplementedError, match="BayesianGaussianMixture"):
        program("from sklearn.mixture import DPGMM; DPGMM(3)")


def test_a_mixture_of_gaussians(program: Run) -> None:
    space = program("""
    import numpy as np
    from sklearn.mixture import GMM
    x = np.concatenate([np.zeros((9, 1)), np.full((3, 1), 10.)]) + np.linspace(-.1, .1, 12)[:, None]
    mixture = GMM(2, n_iter=20, random_state=0).fit(x)
    density, parts = mixture.score_samples(x)
    """)
    mixture = space["mixture"]
    np.testing.assert_allclose(sorted(mixture.weights_), [0.25, 0.75], atol=1e-6)
    np.testing.assert_allclose(sorted(mixture.means_[:, 0]), [-0.02727, 10.0818], atol=1e-3)
    assert space["density"].shape == (12,) and space["parts"].shape == (12, 2)
    np.testing.assert_allclose(mixture.bic(space["x"]), -2 * space["density"].sum() + 5 * np.log(12))


def test_measures(program: Run) -> None:
    space = program("""
    import numpy as np
    from sklearn.metrics import auc, log_loss, jaccard_similarity_score, make_scorer, classification_report
    area = auc([1, 0, .5], [1, 0, .25], reorder=True)
    clipped = log_loss([0, 1], [[1, 0], [0, 1.]], eps=.1), log_loss([0, 1], [[1, 0], [0, 1.]], .1)
    labels = jaccard_similarity_score(np.array([[1, 1, 0], [0, 0, 0], [1, 0, 1]]),
                                      np.array([[1, 0, 0], [0, 0, 0], [0, 1, 1]]))
    classes = jaccard_similarity_score([0, 1, 2], [0, 2, 2])
    report = classification_report([0, 1], [0, 1], [0, 1], ['cat', 'dog'])
    scorer = make_scorer(log_loss, False, needs_proba=True)
    """)
    assert space["area"] == 0.375
    np.testing.assert_allclose(space["clipped"], 0.10536051565782628)
    assert space["labels"] == pytest.approx(0.611111111111111)
    assert space["classes"] == pytest.approx(2 / 3) and "cat" in space["report"]


def test_estimators_take_the_arguments_of_the_time(program: Run) -> None:
    space = program("""
    from sklearn.svm import SVC
    from sklearn.linear_model import SGDClassifier, LogisticRegression, LinearRegression, Ridge
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor, AdaBoostClassifier
    from sklearn.cluster import KMeans
    from sklearn.manifold import TSNE
    from sklearn.feature_extraction.text import CountVectorizer
    words = CountVectorizer()
    words.fit(['a bb cc', 'bb dd'])
    made = {
        'svc': SVC(2.0, 'linear', 4), 'sgd': SGDClassifier(n_iter=7, loss='log'), 'passes': SGDClassifier(),
        'forest': RandomForestRegressor(20, 'mse', max_features='auto'), 'trees': RandomForestClassifier(),
        'tsne': TSNE(2, n_iter=300), 'means': KMeans(3, n_jobs=2), 'line': LinearRegression(normalize=True),
    }
    names = words.get_feature_names()
    """)
    made = {name: estimator.get_params() for name, estimator in space["made"].items()}
    assert (made["svc"]["C"], made["svc"]["kernel"], made["svc"]["degree"]) == (2.0, "linear", 4)
    assert made["svc"]["gamma"] == "auto"
    assert (made["sgd"]["max_iter"], made["sgd"]["tol"], made["sgd"]["loss"]) == (7, None, "log_loss")
    assert (made["passes"]["max_iter"], made["trees"]["n_estimators"]) == (5, 10)
    assert (made["forest"]["criterion"], made["forest"]["max_features"]) == ("squared_error", 1.0)
    assert (made["tsne"]["max_iter"], made["means"]["n_init"]) == (300, 10)
    assert space["names"] == ["bb", "cc", "dd"]
    with pytest.raises(TypeError, match="StandardScaler"):
        program("from sklearn.linear_model import Ridge; Ridge(normalize=True)")
    with pytest.warns(UserWarning, match="OneVsRestClassifier"):
        program("from sklearn.linear_model import LogisticRegression; LogisticRegression(multi_class='ovr')")


def test_mnist_of_mldata(program: Run) -> None:
    space = program("""
    from sklearn.datasets import fetch_mldata
    mnist = fetch_mldata('MNIST original', data_home='.')
    """)
    mnist = space["mnist"]
    assert mnist.data.shape == (70000, 784) and mnist.data.dtype == np.uint8 and mnist.target.dtype == float
    assert list(np.bincount(mnist.target[:60000].astype(int))[:2]) == [5923, 6742]
    assert np.all(np.diff(mnist.target[:60000]) >= 0) and np.all(np.diff(mnist.target[60000:]) >= 0)
    with pytest.raises(ValueError, match="fetch_openml"):
        program("from sklearn.datasets import fetch_mldata; fetch_mldata('leukemia')")


def test_boston_comes_from_openml(program: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**options: Any) -> Any:
        assert options["data_id"] == 531
        raise OSError("no network")

    monkeypatch.setattr(datasets, "fetch_openml", unreachable)
    with pytest.raises(OSError, match="fetch_california_housing"):
        program("from sklearn.datasets import load_boston; load_boston()")


def test_other_modules_see_scikit_learn_as_it_is(program: Run) -> None:
    assert svm.SVC().gamma == "scale" and model_selection.KFold().n_splits == 5
    with pytest.raises(TypeError):
        metrics.classification_report([0], [0], [0], ["cat"])


def test_all_of_it_is_taken_back() -> None:
    before = svm.SVC.__init__
    alias.install(era=True)
    importlib.import_module("sklearn.cross_validation")
    assert svm.SVC.__init__ is not before and "log_loss" in metrics._scorer._SCORERS
    alias.uninstall()
    assert svm.SVC.__init__ is before and "log_loss" not in metrics._scorer._SCORERS
    assert not hasattr(model_selection.GridSearchCV, "grid_scores_")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("sklearn.cross_validation")
    with pytest.raises(TypeError):
        svm.SVC(1.0, "rbf")  # type: ignore[misc]
    assert list(inspect.signature(before).parameters)[:2] == ["self", "C"]
