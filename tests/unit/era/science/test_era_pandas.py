"""pandas as releases 0.16 to 0.22 had it; expected values are what 0.22.0 gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from polykeras import alias

pandas = pytest.importorskip("pandas")

Run = Callable[..., dict[str, Any]]
HEAD = """
import io
import numpy as np
import pandas as pd
data = {'a': [1, 2, 3, 4], 'b': [1.5, 2, np.nan, 4], 'c': ['x', 'y', 'x', 'z']}
df = pd.DataFrame(data, columns=['a', 'b', 'c'])
num = pd.DataFrame(np.arange(12.).reshape(4, 3), columns=list('abc'))
"""


@pytest.fixture
def values(program: Run) -> Callable[[str], Any]:
    """Runs lines behind `HEAD`; what they call `found`."""

    def run(source: str) -> Any:
        return program(HEAD + source)["found"]

    return run


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("df.ix[0, 'a']", 1),
        ("df.ix[1:2, 'a'].tolist()", [2, 3]),
        ("df.ix[:, 0:2].shape", (4, 2)),
        ("df.ix[:, 'a':'b'].shape", (4, 2)),
        ("df.ix[df.a > 2, 'c'].tolist()", ["x", "z"]),
        ("df.set_index('c').ix[0:2].shape", (2, 2)),
        ("df.set_index('c').ix['y', 'a']", 2),
        ("df.set_index('c').ix[-1].tolist()", [4.0, 4.0]),
        ("df.set_index('c').ix[1, 'a']", 2),
        ("df.a.ix[2]", 3),
    ],
)
def test_ix(values: Any, expression: str, expected: Any) -> None:
    assert values(f"found = {expression}") == expected


def test_setting_by_ix(values: Any) -> None:
    found = values("""
df.ix[0, 'b'] = 10.5
df.ix[df.a > 2, 'b'] = 0
df.ix[:, 'new'] = 7
df.ix[0, 'a'] = 'text'
found = df.b.tolist(), df.new.tolist(), df.a.tolist()
""")
    assert found == ([10.5, 2.0, 0.0, 0.0], [7, 7, 7, 7], ["text", 2, 3, 4])


def test_writing_through_a_column(values: Any) -> None:
    """Today the column is a copy, and nothing would happen."""
    found = values("""
df['a'][df['a'] > 2] = 0
df['b'].fillna(7, inplace=True)
df.b.replace(7, 8, inplace=True)
df.b.iloc[0] = 3
df.a.loc[df.b > 3] = 9
column = df['a']
column[1] = 5
other = df['a'].copy()
other[0] = 100
part = df[df.a > 4]['b']
part[:] = -1
found = df.a.tolist(), df.b.tolist()
""")
    assert found == ([1, 5, 9, 9], [3.0, 2.0, 8.0, 4.0])


def test_a_column_that_has_been_replaced_is_let_go(values: Any) -> None:
    found = values("""
column = df['a']
df['a'] = [10, 20, 30, 40]
column[0] = 99
found = df.a.tolist(), column.tolist()
""")
    assert found == ([10, 20, 30, 40], [99, 2, 3, 4])


def test_values_can_be_written_to(values: Any) -> None:
    found = values("""
array = num.values
array[0] = 99
np.random.seed(0)
np.random.shuffle(num.values)
shuffled = num['a'].tolist()
other = num.rename(columns={'a': 'q'})
num.values[0, 0] = -5
y = num['a'].values
y[y < 10] = -1
matrix = df[['a', 'b']].as_matrix()
matrix /= 2
array = np.asarray(num)
array += 1
found = shuffled, other.iloc[0, 0], num.a.tolist(), matrix[0].tolist()
""")
    assert found == ([6.0, 9.0, 3.0, 99.0], 6.0, [0.0, 0.0, 0.0, 100.0], [0.5, 0.75])


def test_texts_are_objects(values: Any) -> None:
    assert values("found = df['c'].dtype == object, [n for n in df.columns if df[n].dtype == 'object']") == (
        True,
        ["c"],
    )


def test_append(values: Any) -> None:
    found = values("""
found = [
    df.append({'a': 1, 'b': 2, 'c': 'q'}, ignore_index=True).iloc[-1].tolist(),
    df.append(df).index.tolist(),
    df.append([df, df], ignore_index=True).index.tolist()[-1],
    pd.DataFrame().append(df).shape,
    pd.DataFrame(columns=['a', 'z']).append({'a': 1, 'z': 2}, ignore_index=True).values.tolist(),
    df.a.append(df.a, ignore_index=True).tolist(),
    num[['b']].append(num[['a']]).columns.tolist(),
]
""")
    assert found[0] == [1, 2.0, "q"] and found[1] == [0, 1, 2, 3] * 2 and found[2] == 11
    assert found[3:] == [(4, 3), [[1, 2]], [1, 2, 3, 4] * 2, ["a", "b"]]
    with pytest.raises(TypeError, match="ignore_index=True"):
        values("found = df.append({'a': 1})")


def test_positional_arguments(values: Any) -> None:
    found = values("""
df.drop(['a'], 1, inplace=True)
found = [
    df.columns.tolist(), num.drop('a', 1).columns.tolist(), num.sort_values('a', 0, False).a.tolist(),
    pd.concat([num, num], 1).shape, df.dropna(0).shape, num.mean(1).tolist(), num.std(0).tolist(),
    num.set_index('a', False).columns.tolist(), df.fillna(method='ffill').b.tolist(),
]
""")
    assert found[:4] == [["b", "c"], ["b", "c"], [9.0, 6.0, 3.0, 0.0], (4, 6)]
    assert found[4:6] == [(3, 2), [1.0, 4.0, 7.0, 10.0]]
    np.testing.assert_allclose(found[6], 3.872983)
    assert found[7:] == [["a", "b", "c"], [1.5, 2.0, 2.0, 4.0]]
    with pytest.raises(TypeError, match=r"frame\.T"):
        values("found = num.groupby([0, 0, 1], 1)")


def test_windows(values: Any) -> None:
    found = values("""
found = [pd.rolling_mean(num['a'], 2).tolist()[1:], pd.rolling_std(np.arange(4.), 2)[1:],
         pd.ewma(num['a'], span=3).tolist(), pd.expanding_sum(num['a']).tolist(),
         pd.rolling_apply(num['a'], 2, lambda x: x[0])[1:].tolist()]
""")
    assert found[0] == [1.5, 4.5, 7.5] and isinstance(found[1], np.ndarray)
    np.testing.assert_allclose(found[1], 0.70710678)
    np.testing.assert_allclose(found[2], [0, 2, 4.285714, 6.8], atol=1e-6)
    assert found[3:] == [[0.0, 3.0, 9.0, 18.0], [0.0, 3.0, 6.0]]


def test_series(values: Any) -> None:
    found = values("""
s = pd.Series([3, 1, 2], index=['p', 'q', 'r'])
items = s[0], s[-1], s[[0, 2]].tolist(), s.argmax(), s.order().tolist(), list(s.iteritems())[0]
s[0] = 5
means = df.mean().tolist(), df.groupby('c').mean().shape, df.sum()[0]
found = items, s.tolist(), num.a[:, np.newaxis].shape, means
""")
    assert found[0] == (3, 2, [3, 2], "p", [1, 2, 3], ("p", 3))
    assert found[1:] == ([5, 1, 2], (4, 1), ([2.5, 2.5], (3, 2), 10))


def test_dummies_are_numbers(values: Any) -> None:
    assert values("found = pd.get_dummies(df.c).values.dtype, pd.get_dummies(df).values.dtype") == (
        np.uint8,
        np.float64,
    )


def test_time_series(values: Any) -> None:
    found = values("""
ts = pd.Series(range(48), index=pd.date_range('2016-01-01', periods=48, freq='H'))
halves, largest = ts.resample('12H').mean().tolist(), ts.resample('D', 'max').tolist()
wrong = pd.to_datetime(['nothing'], coerce=True)
found = [ts.resample('D', how='sum').tolist(), halves, largest,
         ts.groupby(pd.TimeGrouper('D')).sum().tolist(), ts.index.weekday_name[0],
         pd.Series(ts.index).dt.week[0], pd.to_datetime(['2016-01-02', '03/04/2016']).tolist(),
         len(wrong.dropna())]
""")
    assert found[0] == found[3] == [276, 852] and found[1] == [5.5, 17.5, 29.5, 41.5] and found[2] == [23, 47]
    assert found[4:6] == ["Friday", 53] and found[7] == 0
    assert found[6] == [pandas.Timestamp("2016-01-02"), pandas.Timestamp("2016-03-04")]


def test_reading(values: Any) -> None:
    found = values("""
parse = lambda x: pd.datetime.strptime('190' + x, '%Y-%m')
sales = pd.read_csv(io.StringIO('"Month","Sales"\\n"1-01",266.0\\n"1-02",145.9\\n'), header=0,
                    parse_dates=[0], index_col=0, squeeze=True, date_parser=parse)
air = pd.read_csv(io.StringIO("No,year,month,day,hour,pm\\n1,2010,1,2,0,5\\n2,2010,1,2,1,6\\n"),
                  parse_dates=[['year', 'month', 'day', 'hour']], index_col=0,
                  date_parser=lambda x: pd.datetime.strptime(x, '%Y %m %d %H'))
found = [sales, air, pd.read_csv(io.StringIO("1,2\\n3,4\\n"), header=None, prefix='X').columns.tolist(),
         pd.read_csv(io.StringIO("a,b\\n1,2\\n3,4,5\\n6"), error_bad_lines=False, warn_bad_lines=False).shape,
         pd.read_csv(io.StringIO("a b\\n1 2\\n"), delim_whitespace=True).shape,
         pd.read_csv(io.StringIO("a;b\\n1;2\\n"), ';').shape]
""")
    sales, air = found[:2]
    assert sales.tolist() == [266.0, 145.9] and sales.index[1] == pandas.Timestamp("1901-02-01")
    assert air.columns.tolist() == ["No", "pm"] and air.index.name == "year_month_day_hour"
    assert air.index[1] == pandas.Timestamp("2010-01-02 01:00") and air.pm.tolist() == [5, 6]
    assert found[2:] == [["X0", "X1"], (2, 2), (1, 2), (1, 2)]


def test_grouping_by_named_functions(values: Any) -> None:
    found = values("""
found = (df.groupby('c').agg({'a': {'m': 'mean', 's': 'sum'}, 'b': 'max'}),
         df.groupby('c')['a'].agg({'t': 'sum'}))
""")
    assert found[0].columns.tolist() == [("a", "m"), ("a", "s"), ("b", "max")]
    assert found[0]["a", "s"].tolist() == [4, 2, 4] and found[1]["t"].tolist() == [4, 2, 4]


def test_other_names(values: Any) -> None:
    found = values("""
from pandas.tools.plotting import scatter_matrix
from pandas import Series, DataFrame
from pandas.tools.merge import concat
assert concat([num, num], 1).shape == (4, 6)
pd.options.mode.chained_assignment = None
pd.set_option('display.height', 100)
df.set_value(0, 'a', 77)
dashes = pd.Series(['a.b', 'c.d']).str.replace('.', '-').tolist()
found = [df.get_value(0, 'a'), (num.columns & df.columns).tolist(), num.mad().tolist(),
         num.lookup([0, 1], ['a', 'b']),
         df.convert_objects(convert_numeric=True).shape, list(df.iteritems())[0][0],
         df.as_matrix(['a']).shape, dashes, isinstance(pd.Index([1]), pd.Int64Index),
         pd.DataFrame.from_items([('q', [1]), ('p', [2])]).columns.tolist(), df.irow(0)[0], pd.np is np]
""")
    assert found[:3] == [77, ["a", "b", "c"], [3.0, 3.0, 3.0]] and found[3].tolist() == [0, 4]
    assert found[4:] == [(4, 3), "a", (4, 1), ["a-b", "c-d"], True, ["q", "p"], 77, True]
    with pytest.raises(NotImplementedError, match="xarray"):
        values("found = pd.Panel({})")
    with pytest.raises(ModuleNotFoundError, match="pandas-datareader"):
        values("import pandas.io.data")


def test_other_modules_see_pandas_as_it_is(program: Run) -> None:
    series = pandas.Series([1, 2], index=["p", "q"])
    with pytest.raises(KeyError):
        series[0]
    with pytest.raises(TypeError):
        pandas.concat([series, series], 1)
    assert series.argmax() == 1
    frame = pandas.DataFrame({"a": [1.0, 2.0]})
    assert frame.values.flags.writeable == (int(pandas.__version__[0]) < 3)


def test_all_of_it_is_taken_back() -> None:
    names = ("__getitem__", "drop", "values", "fillna")
    before = [vars(pandas.DataFrame).get(name) for name in names]
    strings = pandas.Series(["a"]).dtype
    alias.install(era=True)
    assert hasattr(pandas.DataFrame, "ix") and pandas.Series(["a"]).dtype == object
    alias.uninstall()
    assert [vars(pandas.DataFrame).get(name) for name in names] == before
    assert not hasattr(pandas.DataFrame, "ix") and not hasattr(pandas, "rolling_mean")
    assert pandas.Series(["a"]).dtype == strings
