using System.Diagnostics;
using System.Diagnostics.Metrics;
using Npgsql;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// Measures what <see cref="Database.Db"/> asks: as the metric <c>db.client.operation.duration</c> and a span for each query,
/// both with the query's name, and in <see cref="QueryTimes"/>. Never with its parameters, nor with what an error quotes.
/// </summary>
/// <remarks>
/// Npgsql has spans of its own. They are not used: they carry PostgreSQL's message, and that quotes what people typed.
/// </remarks>
public sealed class QueryMeter
{
    /// <summary>The meter's and the spans' name.</summary>
    public const string Name = "MetaPrompt.Database";

    private static readonly ActivitySource Spans = new(Name);
    private static readonly KeyValuePair<string, object?> Postgres = new("db.system.name", "postgresql");

    private readonly QueryTimes _times;
    private readonly TimeProvider _time;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _errors;

    /// <param name="meters">Makes the instruments.</param>
    /// <param name="times">Where the last minutes are kept.</param>
    /// <param name="time">The clock.</param>
    public QueryMeter(IMeterFactory meters, QueryTimes times, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        (_times, _time) = (times, time);
        var meter = meters.Create(Name);
        _durations = meter.CreateHistogram(
            "db.client.operation.duration", "s", "How long a named query takes, its rows included.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _errors = meter.CreateCounter<long>("metaprompt.db.errors", "{error}", "Queries that failed, by the class of their SQLSTATE.");
    }

    internal Call Begin(string sql) => new(this, sql);

    /// <summary>The class of PostgreSQL's state; what went wrong before it could say one; null where nobody failed.</summary>
    internal static string? ErrorType(Exception problem, CancellationToken cancellationToken) => problem switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        PostgresException { SqlState.Length: >= 2 } refused => refused.SqlState[..2],
        NpgsqlException { InnerException: TimeoutException } => "timeout",
        NpgsqlException => "connection",
        _ => "program",
    };

    /// <summary>One call of a query, from the moment it has its connection. The default measures nothing.</summary>
    internal struct Call
    {
        // The site's own rules answer with these states: who meets one was told no, and nothing is broken.
        private const string Rule = "PT";

        private readonly QueryMeter? _meter;
        private readonly string _name;
        private readonly DurationWindow _window;
        private readonly Activity? _span;
        private TimeSpan _took;
        private long _since;
        private bool _sent;
        private string? _error;

        public Call(QueryMeter meter, string sql)
        {
            _meter = meter;
            (_name, _window) = meter._times.Of(sql);
            _span = Spans.StartActivity(_name, ActivityKind.Client);
            _span?.SetTag(Postgres.Key, Postgres.Value).SetTag("db.query.summary", _name);
        }

        /// <summary>The connection is there, or the next row is asked for: time goes on.</summary>
        public void GoOn()
        {
            if (_meter is null)
                return;
            _sent = true;
            _since = _meter._time.GetTimestamp();
        }

        /// <summary>The row is with whoever asked for it, and their time is not the query's.</summary>
        public void Pause()
        {
            if (_meter is null || _since == 0)
                return;
            _took += _meter._time.GetElapsedTime(_since);
            _since = 0;
        }

        public void Fail(Exception problem, CancellationToken cancellationToken) => _error = ErrorType(problem, cancellationToken);

        public void End()
        {
            if (_meter is null)
                return;
            Pause();
            var failed = _error is not (null or Rule);
            TimeSpan? took = _sent ? _took : null;
            _window.Note(took, failed);
            _meter._times.All.Note(took, failed);
            if (took is not null && _meter._durations.Enabled)
                _meter._durations.Record(_took.TotalSeconds, Postgres, new("db.query.summary", _name));
            if (_error is not null)
                _meter._errors.Add(1, new("db.query.summary", _name), new("error.type", _error));
            if (_span is null)
                return;
            if (_error is not null)
                _span.SetTag("error.type", _error).SetStatus(ActivityStatusCode.Error);
            _span.Dispose();
        }
    }
}
