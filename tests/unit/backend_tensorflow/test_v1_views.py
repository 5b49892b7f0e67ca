"""What the program's own files see as ``tensorflow``: arguments, variables and parts of TensorFlow 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.array([[1.0, 2.0, -3.0], [0.5, -1.0, 4.0]], "float32")


@pytest.fixture
def tf1(tf: Any) -> Any:
    from polykeras import alias
    from polykeras.era import views

    before = set(dir(tf)), tf.reduce_sum, tf.Variable, tf.concat
    alias.install(era=True)
    yield views.view_of(tf)
    alias.uninstall()
    assert (set(dir(tf)), tf.reduce_sum, tf.Variable, tf.concat) == before


def value(K: Any, x: Any, feed: Any = None) -> Any:
    return K.get_session().run(x, feed)


def test_old_names_of_arguments(K: Any, tf1: Any) -> None:
    x = tf1.placeholder(tf1.float32, [None, 3])
    cases = [
        (tf1.reduce_sum(x, reduction_indices=1), X.sum(1)),
        (tf1.reduce_sum(x, 1, keep_dims=True), X.sum(1, keepdims=True)),
        (tf1.reduce_mean(x, reduction_indices=[0, 1]), X.mean()),
        (tf1.reduce_max(x, axis=0, keepdims=True), X.max(0, keepdims=True)),
        (tf1.argmax(x, dimension=1), X.argmax(1)),
        (tf1.argmax(x, 1), X.argmax(1)),
        (tf1.expand_dims(x, dim=1), X[:, None]),
        (tf1.squeeze(tf1.expand_dims(x, 1), squeeze_dims=[1]), X),
        (tf1.nn.softmax(x, dim=-1), np.exp(X) / np.exp(X).sum(1, keepdims=True)),
        (tf1.nn.l2_normalize(x, dim=1), X / np.linalg.norm(X, axis=1, keepdims=True)),
        (tf1.norm(x, axis=1, keep_dims=True), np.linalg.norm(X, axis=1, keepdims=True)),
        (tf1.where(x > 0, x, -x), np.abs(X)),
        (tf1.select(x > 0, x, tf1.zeros_like(x)), np.maximum(X, 0)),
        (tf1.reverse(x, [False, True]), X[:, ::-1]),
        (tf1.reverse(x, [0]), X[::-1]),
        (tf1.nn.dropout(x, 1.0), X),
        (tf1.cond(tf1.reduce_sum(x) > 0, fn1=lambda: x, fn2=lambda: -x), X),
        (tf1.pack([x, x]), np.stack([X, X])),
        (tf1.unpack(x, 3, 1)[2], X[:, 2]),
        (tf1.mul(x, tf1.neg(x)), -X * X),
        (tf1.batch_matmul(x[:, :, None], x[:, :, None], adj_x=True)[:, 0, 0], (X * X).sum(1)),
        (tf1.one_hot(tf1.argmax(x, 1), 3), np.eye(3)[X.argmax(1)]),
        (tf1.gather(tf1.transpose(x, perm=[1, 0]), [2]), X.T[[2]]),
        (tf1.to_int32(x), X.astype(int)),
    ]
    for index, (tensor, wanted) in enumerate(cases):
        got = value(K, tensor, {x: X})
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6, err_msg=f"case {index}")


def test_concat_and_split_before_and_after_1_0(K: Any, tf1: Any) -> None:
    x = tf1.placeholder(tf1.float32, [2, 4])
    feed = {x: np.arange(8.0).reshape(2, 4)}
    wide = np.concatenate([feed[x], feed[x]], 1)
    for tensor in (
        tf1.concat(1, [x, x]),
        tf1.concat([x, x], 1),
        tf1.concat(concat_dim=1, values=[x, x]),
        tf1.concat(values=[x, x], axis=1),
    ):
        np.testing.assert_array_equal(value(K, tensor, feed), wide)
    for parts in (
        tf1.split(1, 2, x),
        tf1.split(x, 2, 1),
        tf1.split(split_dim=1, num_split=2, value=x),
        tf1.split(value=x, num_or_size_splits=2, axis=1),
    ):
        np.testing.assert_array_equal(value(K, parts[1], feed), feed[x][:, 2:])


def test_cross_entropies_by_position_take_the_logits_first(K: Any, tf1: Any) -> None:
    logits = tf1.placeholder(tf1.float32, [None, 3])
    labels = np.array([[0, 1, 0], [1, 0, 0]], "float32")
    wanted = -(labels * (X - np.log(np.exp(X).sum(1, keepdims=True)))).sum(1)
    nn = tf1.nn
    for tensor in (
        nn.softmax_cross_entropy_with_logits(logits, labels),
        nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits),
        nn.sparse_softmax_cross_entropy_with_logits(logits, labels.argmax(1)),
        nn.softmax_cross_entropy_with_logits(logits, labels=labels),
    ):
        np.testing.assert_allclose(value(K, tensor, {logits: X}), wanted, rtol=1e-5)
    binary = nn.sigmoid_cross_entropy_with_logits(logits, targets=labels)
    wanted = np.log1p(np.exp(X)) - X * labels
    np.testing.assert_allclose(value(K, binary, {logits: X}), wanted, rtol=1e-4, atol=1e-6)
    with pytest.raises(TypeError, match="pos_weight="):
        nn.weighted_cross_entropy_with_logits(logits, labels, 2.0)


def test_expressions_of_variables_alone_are_symbolic(K: Any, tf1: Any) -> None:
    """A penalty ``tf.nn.l2_loss(W)`` has a derivative, and follows the variable."""
    for w in (K.variable([3.0, 4.0]), tf1.Variable([3.0, 4.0])):
        penalty = tf1.nn.l2_loss(w)
        assert value(K, penalty) == 12.5
        np.testing.assert_array_equal(value(K, tf1.gradients(penalty, [w])[0]), [3, 4])
        value(K, w.assign([1.0, 0.0]))
        assert value(K, penalty) == 0.5
        np.testing.assert_array_equal(value(K, tf1.maximum(w, 0.5)), [1, 0.5])


def test_variables_and_their_first_values(K: Any, tf1: Any) -> None:
    w = tf1.Variable(tf1.truncated_normal([3, 2], stddev=0.1), name="w")
    b = tf1.Variable(tf1.zeros([2]), trainable=False)
    assert isinstance(w, tf1.Variable) and isinstance(K.variable(1.0), tf1.Variable)
    assert w.name == "w:0" and tf1.Variable(1, name="w").name == "w_1:0"
    assert tf1.trainable_variables()[0] is w and b not in tf1.trainable_variables()
    session = tf1.Session()
    session.run(tf1.initialize_all_variables())
    x = tf1.placeholder("float", [None, 3])
    loss = tf1.reduce_mean(tf1.square(tf1.matmul(x, w) + b - 1.0))
    step = tf1.train.GradientDescentOptimizer(0.05).minimize(loss)
    first = session.run(w)
    losses = [session.run([loss, step], {x: X})[0] for _ in range(20)]
    assert losses[-1] < losses[0]
    session.run(tf1.global_variables_initializer())
    np.testing.assert_array_equal(session.run(w), first)


def test_scopes_share_variables(K: Any, tf1: Any) -> None:
    def layer(x: Any) -> Any:
        kernel = tf1.get_variable("kernel", [3, 2], initializer=tf1.constant_initializer(0.5))
        return tf1.matmul(x, kernel)

    x = tf1.placeholder(tf1.float32, [None, 3])
    with tf1.variable_scope("net") as scope:
        one = layer(x)
        scope.reuse_variables()
        two = layer(x)
    with tf1.variable_scope("net", reuse=True):
        layer(x)
    np.testing.assert_allclose(value(K, one + two, {x: X}), np.repeat(X.sum(1)[:, None], 2, 1), rtol=1e-5)
    assert [each.name for each in tf1.get_collection(tf1.GraphKeys.TRAINABLE_VARIABLES, scope="net")] == [
        "net/kernel:0"
    ]
    with tf1.variable_scope("net"), pytest.raises(ValueError, match="net/kernel already exists"):
        layer(x)
    with tf1.variable_scope("other", reuse=True), pytest.raises(ValueError, match="does not exist"):
        layer(x)
    with tf1.name_scope("part"):
        assert tf1.identity(x, name="named").name == "part/named:0"
    tf1.add_to_collection("losses", one)
    assert tf1.get_collection("losses") == [one]


def test_control_dependencies_are_kept(K: Any, tf1: Any) -> None:
    v = K.variable(1.0)
    x = tf1.placeholder(tf1.float32, [])
    with tf1.control_dependencies([v.assign_add(1.0)]):
        y = tf1.identity(x)
    assert value(K, y, {x: 5.0}) == 5 and K.get_value(v) == 2
    with tf1.control_dependencies([K.update(v, 9.0)]):
        train = tf1.no_op(name="train")
    value(K, train)
    assert K.get_value(v) == 9


def test_a_saver_writes_and_restores(K: Any, tf1: Any, tmp_path: Any) -> None:
    w, b = K.variable([[1.0, 2.0]], name="w"), K.variable([3.0], name="b")
    _ = w + b
    session, saver = K.get_session(), tf1.train.Saver(max_to_keep=2)
    paths = [saver.save(session, str(tmp_path / "model.ckpt"), global_step=step) for step in range(3)]
    assert tf1.train.latest_checkpoint(str(tmp_path)) == paths[-1] == str(tmp_path / "model.ckpt-2")
    assert not (tmp_path / "model.ckpt-0.index").exists()
    K.set_value(w, [[0.0, 0.0]])
    saver.restore(session, paths[-1])
    np.testing.assert_array_equal(K.get_value(w), [[1, 2]])
    np.testing.assert_array_equal(tf1.train.load_variable(paths[-1], "b"), [3])
    c = K.variable([1.0], name="c")
    for given, message in (([b, c], "no variable 'c'"), ({"w": b}, "has the shape")):
        K.set_value(b, [8.0])
        with pytest.raises(ValueError, match=message):
            tf1.train.Saver(given).restore(session, paths[-1])
        assert K.get_value(b) == 8
    with pytest.raises(ValueError, match="there is no checkpoint"):
        saver.restore(session, str(tmp_path / "none"))


def test_summaries(K: Any, tf1: Any, tmp_path: Any) -> None:
    x = tf1.placeholder(tf1.float32, [None, 3])
    tf1.scalar_summary("loss", tf1.reduce_mean(x))
    tf1.histogram_summary("x", x)
    merged = tf1.merge_all_summaries()
    writer = tf1.train.SummaryWriter(str(tmp_path), K.get_session().graph)
    writer.add_summary(value(K, merged, {x: X}), 1)
    writer.close()
    (path,) = tmp_path.iterdir()
    events = list(tf1.train.summary_iterator(str(path)))
    values = {each.tag: each for event in events for each in event.summary.value}
    assert values["loss"].simple_value == pytest.approx(X.mean()) and values["x"].histo.num == 6


def test_layers_of_contrib(K: Any, tf1: Any) -> None:
    layers = tf1.contrib.layers
    x = tf1.placeholder(tf1.float32, [None, 8, 8, 3])
    penalty = layers.l2_regularizer(0.1)
    h = layers.conv2d(x, 4, [3, 3], stride=2, normalizer_fn=layers.batch_norm, weights_regularizer=penalty)
    h = layers.max_pool2d(h, 2)
    h = layers.dropout(layers.flatten(h), keep_prob=0.5, is_training=False)
    y = layers.fully_connected(h, 5, activation_fn=None, weights_initializer=layers.xavier_initializer())
    assert y.get_shape().as_list() == [None, 5]
    feed = {x: np.random.RandomState(0).rand(2, 8, 8, 3)}
    assert value(K, y, feed).shape == (2, 5)
    names = [each.name for each in tf1.trainable_variables()]
    assert len(names) == 4 and len(set(names)) == 4  # kernel, beta; kernel, bias
    assert len(tf1.get_collection(tf1.GraphKeys.REGULARIZATION_LOSSES)) == 1
    updates = tf1.get_collection(tf1.GraphKeys.UPDATE_OPS)
    mean = next(each for each in tf1.global_variables() if "moving_mean" in each.name)
    value(K, updates, feed)
    assert np.abs(K.get_value(mean)).max() > 0
    dense = tf1.layers.dense(x, 2, activation=tf1.nn.relu)
    assert dense.get_shape().as_list() == [None, 8, 8, 2]


def test_recurrent_cells(K: Any, tf1: Any) -> None:
    """An LSTM of one unit, by its formulas."""
    cell = tf1.nn.rnn_cell.BasicLSTMCell(1)
    x = tf1.placeholder(tf1.float32, [2, 3, 1])
    outputs, last = tf1.nn.dynamic_rnn(cell, x, dtype=tf1.float32)
    steps = [tf1.squeeze(each, [1]) for each in tf1.split(1, 3, x)]
    listed, _ = tf1.nn.rnn(tf1.contrib.rnn.GRUCell(2), steps, dtype=tf1.float32)
    assert [each.get_shape().as_list() for each in listed] == [[2, 2]] * 3
    kernel = next(each for each in tf1.trainable_variables() if each.shape == (2, 4))
    numbers = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    K.set_value(kernel, numbers)
    given = np.array([[[1.0], [2.0], [3.0]], [[-1.0], [0.0], [1.0]]])
    c = h = np.zeros((2, 1))
    wanted = []
    for step in range(3):
        i, j, f, o = np.split(np.concatenate([given[:, step], h], 1) @ numbers, 4, axis=1)

        def sigmoid(z: Any) -> Any:
            return 1 / (1 + np.exp(-z))

        c = c * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
        h = np.tanh(c) * sigmoid(o)
        wanted.append(h)
    got, state = value(K, [outputs, last], {x: given})
    np.testing.assert_allclose(got, np.stack(wanted, 1), rtol=1e-5)
    np.testing.assert_allclose(state.c, c, rtol=1e-5)


def test_what_is_gone_is_named(tf1: Any) -> None:
    with pytest.raises(AttributeError, match=r"tf\.contrib\.learn .*not supported.*Keras"):
        _ = tf1.contrib.learn
    with pytest.raises(AttributeError, match=r"tf\.contrib\.rnn\.AttentionCellWrapper"):
        _ = tf1.contrib.rnn.AttentionCellWrapper
    with pytest.raises(NotImplementedError, match="import_meta_graph"):
        tf1.train.import_meta_graph("x")


def test_parts_are_imported_by_name(tf1: Any) -> None:
    import importlib

    module = importlib.import_module("tensorflow.contrib.layers")
    assert module.fully_connected is tf1.contrib.layers.fully_connected
    assert importlib.import_module("tensorflow.contrib").rnn.GRUCell


def test_static_shapes_have_values(K: Any, tf1: Any) -> None:
    """``x.get_shape()[-1].value``; the sizes are numbers, too."""
    x = tf1.placeholder(tf1.float32, [None, 4, 3])
    shape = x.get_shape()
    assert (shape[0].value, shape[1].value, shape[-1].value) == (None, 4, 3)
    assert shape[1] == 4 and int(shape[2]) * shape[1] == 12 and np.prod(shape[1:]) == 12
    assert shape.as_list() == [None, 4, 3] and shape.ndims == 3 and len(shape) == 3
    assert [each.value for each in shape] == [None, 4, 3] and shape[1:].num_elements() == 12
    flat = tf1.reshape(x, [-1, int(np.prod(shape[1:]))])
    assert tf1.reshape(flat, [-1, shape[1].value, shape[2]]).get_shape().as_list() == [None, 4, 3]
    with tf1.device("/gpu:0"):
        assert K.get_session().run(tf1.reduce_sum(x), {x: np.ones((1, 4, 3))}) == 12


def test_functions_of_python_loops_and_random_numbers(K: Any, tf1: Any) -> None:
    x = tf1.placeholder(tf1.float32, [None, 3])
    doubled = tf1.py_func(lambda a: 2 * a, [x], tf1.float32)
    rows = tf1.map_fn(lambda row: tf1.reduce_sum(row, reduction_indices=0), x)
    start = [tf1.constant(0), tf1.constant(0.0)]
    total = tf1.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + tf1.reduce_sum(x)), start)[1]
    got = value(K, [doubled, rows, total, tf1.scan(lambda a, b: a + b, x)], {x: X})
    for each, wanted in zip(got, [2 * X, X.sum(1), 3 * X.sum(), X.cumsum(0)], strict=True):
        np.testing.assert_allclose(each, wanted, rtol=1e-6)
    drawn = tf1.random_normal([20])
    assert not np.allclose(value(K, drawn), value(K, drawn))


def test_graphs_are_one(K: Any, tf1: Any) -> None:
    graph = tf1.Graph()
    with graph.as_default(), tf1.Session(graph=graph).as_default():
        x = tf1.placeholder(tf1.float32, [2], name="x")
        y = tf1.multiply(x, 2.0, name="y")
    assert graph is tf1.get_default_graph() is K.get_session().graph
    assert graph.get_tensor_by_name("y:0") is y
    np.testing.assert_array_equal(value(K, y, {x: [1, 2]}), [2, 4])


def test_eager_tensors_are_left_alone(tf1: Any, tf: Any) -> None:
    one = tf1.constant([1.0, 2.0])
    assert tf1.reduce_sum(one).numpy() == 3 and tf1.concat([one, one], 0).numpy().shape == (4,)
    with tf1.GradientTape() as tape:
        tape.watch(one)
        loss = tf1.reduce_sum(one * one, axis=0)
    np.testing.assert_array_equal(tape.gradient(loss, one).numpy(), [2, 4])
