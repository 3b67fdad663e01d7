using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Monitoring;

/// <summary>How this node is: now, and every five seconds of the last hour. Can be read from any thread.</summary>
public sealed class Vitals
{
    /// <summary>How far apart two points of <see cref="History"/> are.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private const int Points = 720;

    private readonly Lock _lock = new();
    private readonly Queue<VitalsPoint> _history = new(Points);
    private readonly DurationMark _queryMark = new();
    private readonly DurationMark _requestMark = new();
    private readonly QueryTimes _queries;
    private readonly Readings _readings;
    private readonly SignInMeter _signIns;
    private readonly CacheMeter _caches;
    private readonly CellMeter _cells;
    private readonly PromptRunner _runner;
    private readonly TimeProvider _time;
    private readonly string _node;
    private readonly DateTimeOffset _started;
    private (DateTimeOffset At, long CellsFailed, long SignInsFailed, long Hits, long Misses) _last;

    internal Vitals(
        QueryTimes queries, Readings readings, SignInMeter signIns, CacheMeter caches, CellMeter cells, PromptRunner runner, TimeProvider time, string node)
    {
        (_queries, _readings, _signIns, _caches, _cells, _runner, _time, _node) = (queries, readings, signIns, caches, cells, runner, time, node);
        _started = time.GetUtcNow();
        _last.At = _started;
    }

    /// <summary>All there is to know now.</summary>
    public VitalsNow Now()
    {
        var now = _time.GetUtcNow();
        var recent = _readings.Requests.Recent();
        return new VitalsNow
        {
            At = now,
            Started = _started,
            Node = _node,
            Queries = _queries.Read(),
            Pool = _readings.ReadPool(),
            Circuits = CircuitsNow(),
            Runs = RunsNow(),
            Caches = _caches.Read(),
            SignIns = new SignInsNow(_signIns.SucceededCount, _signIns.FailedCount, _signIns.LockedCount),
            Http = new HttpNow(
                recent.Calls / Math.Clamp((now - _started).TotalSeconds, 1, 300), _readings.ClientErrors.Recent().Calls, recent.Errors, recent),
            Storage = Storage,
            DatabaseAnswers = DatabaseAnswers,
        };
    }

    /// <summary>The last hour, oldest first: a point each five seconds.</summary>
    public IReadOnlyList<VitalsPoint> History()
    {
        lock (_lock)
            return [.. _history];
    }

    /// <summary>The pool alone.</summary>
    internal PoolNow Pool() => _readings.ReadPool();

    /// <summary>What the database takes, as it was last measured.</summary>
    internal StorageNow? Storage { get; set; }

    /// <summary>Whether the database answered when it was last asked.</summary>
    internal bool? DatabaseAnswers { get; set; }

    /// <summary>Adds a point; called each <see cref="Step"/>.</summary>
    internal void TakePoint()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var seconds = Math.Max(0.001, (now - _last.At).TotalSeconds);
            var queries = _queries.All.Since(_queryMark);
            var requests = _readings.Requests.Since(_requestMark);
            var pool = _readings.ReadPool();
            var circuits = CircuitsNow();
            var runs = RunsNow();
            var (hits, misses) = (_caches.Read().Sum(cache => cache.Hits), _caches.Read().Sum(cache => cache.Misses));
            var failed = _signIns.FailedCount + _signIns.LockedCount;
            if (_history.Count == Points)
                _history.Dequeue();
            _history.Enqueue(new VitalsPoint
            {
                At = now,
                QueriesPerSecond = queries.Calls / seconds,
                QueryErrors = queries.Errors,
                QueryP95Ms = queries.P95Ms,
                PoolInUse = pool.InUse,
                PoolIdle = pool.Idle,
                PoolWaiting = pool.Waiting,
                CircuitsOpen = circuits.Open,
                CircuitsConnected = circuits.Connected,
                ManagedBytes = circuits.ManagedBytes,
                WorkingSetBytes = circuits.WorkingSetBytes,
                CellsQueued = runs.CellsQueued,
                CellsRunning = runs.CellsRunning,
                CellsFailed = runs.Failed - _last.CellsFailed,
                RequestsPerSecond = requests.Calls / seconds,
                RequestP95Ms = requests.P95Ms,
                ServerErrors = requests.Errors,
                SignInsFailed = failed - _last.SignInsFailed,
                CacheHits = hits - _last.Hits,
                CacheMisses = misses - _last.Misses,
            });
            _last = (now, runs.Failed, failed, hits, misses);
        }
    }

    private CircuitsNow CircuitsNow()
    {
        var (open, connected) = _readings.CircuitCounts;
        return new CircuitsNow(open, connected, GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);
    }

    private RunsNow RunsNow()
    {
        var now = _runner.Count();
        return _cells.Sums() with { Queued = now.RunsQueued, Running = now.RunsRunning, CellsQueued = now.CellsQueued, CellsRunning = now.CellsRunning };
    }
}
