namespace MetaPrompt.Web.Monitoring;

/// <summary>The incidents of this node: what goes on, and what has. Can be read from any thread.</summary>
public sealed class Alerts
{
    private const int Kept = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<(AlertKind Kind, string Subject), Watched> _watched = [];
    private readonly LinkedList<Alert> _ended = new();

    internal Alerts(AlertThresholds thresholds) => Thresholds = thresholds;

    /// <summary>From where on something is an incident.</summary>
    public AlertThresholds Thresholds { get; }

    /// <summary>What goes on now, the latest first.</summary>
    public IReadOnlyList<Alert> Current
    {
        get
        {
            lock (_lock)
                return [.. _watched.Values.Select(watched => watched.Alert).OfType<Alert>().OrderByDescending(alert => alert.Began)];
        }
    }

    /// <summary>What is over, the latest first: the last hundred.</summary>
    public IReadOnlyList<Alert> Recent
    {
        get
        {
            lock (_lock)
                return [.. _ended];
        }
    }

    /// <summary>Takes in what was measured; returns the incidents that began with it and those that it ended.</summary>
    internal IReadOnlyList<Alert> Look(DateTimeOffset now, IEnumerable<Reading> readings)
    {
        var changes = new List<Alert>();
        lock (_lock)
        {
            foreach (var reading in readings)
            {
                var key = (reading.Kind, reading.Subject);
                if (!_watched.TryGetValue(key, out var watched))
                {
                    if (!reading.IsOver)
                        continue;
                    _watched[key] = watched = new Watched();
                }

                if (watched.Look(now, reading) is { } change)
                    changes.Add(change);
                if (watched.IsQuiet)
                    _watched.Remove(key);
            }

            foreach (var over in changes.Where(change => change.Ended is not null))
            {
                _ended.AddFirst(over);
                if (_ended.Count > Kept)
                    _ended.RemoveLast();
            }
        }

        return changes;
    }

    /// <summary>One thing that is past its threshold, or was a moment ago.</summary>
    private sealed class Watched
    {
        private DateTimeOffset? _overSince;
        private DateTimeOffset? _backSince;

        public Alert? Alert { get; private set; }

        public bool IsQuiet => Alert is null && _overSince is null;

        public Alert? Look(DateTimeOffset now, Reading reading) => Alert is null ? Begin(now, reading) : GoOn(Alert, now, reading);

        private Alert? Begin(DateTimeOffset now, Reading reading)
        {
            if (!reading.IsOver)
            {
                _overSince = null;
                return null;
            }

            _overSince ??= now;
            if (now - _overSince < reading.Hold)
                return null;
            return Alert = new Alert
            {
                Kind = reading.Kind,
                Subject = reading.Subject,
                Words = reading.Words,
                Threshold = reading.Threshold,
                Value = reading.Value,
                Unit = reading.Unit,
                Began = _overSince.Value,
            };
        }

        private Alert? GoOn(Alert alert, DateTimeOffset now, Reading reading)
        {
            if (reading.Value > alert.Value)
                Alert = alert = alert with { Value = reading.Value, Words = reading.Words };
            if (!reading.IsBack)
            {
                _backSince = null;
                return null;
            }

            _backSince ??= now;
            if (now - _backSince < reading.Quiet)
                return null;
            (Alert, _overSince) = (null, null);
            return alert with { Ended = now };
        }
    }
}
