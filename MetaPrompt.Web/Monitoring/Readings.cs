using System.Diagnostics.Metrics;
using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Listens to the meters of Npgsql and ASP.NET for what this program itself shows: pool, circuits, requests.</summary>
/// <remarks>Of the program it is made in: another one in the same process has another meter factory and another pool.</remarks>
internal sealed class Readings : IDisposable
{
    private const string Hosting = "Microsoft.AspNetCore.Hosting";
    private const string Circuits = "Microsoft.AspNetCore.Components.Server.Circuits";
    private const string Pool = "Npgsql";

    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;
    private readonly string _pool;
    private int _inUse;
    private int _idle;
    private int _waiting;
    private int _max;
    private int _open;
    private int _connected;

    /// <param name="meters">The program's own.</param>
    /// <param name="pool">The name of the data source whose pool is meant.</param>
    /// <param name="time">The clock.</param>
    public Readings(IMeterFactory meters, string pool, TimeProvider time)
    {
        (_meters, _pool) = (meters, pool);
        (Requests, ClientErrors) = (new DurationWindow(time), new DurationWindow(time));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, (int)value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => TakeRequest(value, tags));
        _listener.Start();
    }

    /// <summary>Requests and their durations; errors are the 5xx.</summary>
    public DurationWindow Requests { get; }

    /// <summary>Those answered with 4xx.</summary>
    public DurationWindow ClientErrors { get; }

    /// <summary>Open and connected circuits.</summary>
    public (int Open, int Connected) CircuitCounts => (Volatile.Read(ref _open), Volatile.Read(ref _connected));

    /// <summary>Asks Npgsql for its counts.</summary>
    public PoolNow ReadPool()
    {
        _listener.RecordObservableInstruments();
        return new PoolNow(Volatile.Read(ref _inUse), Volatile.Read(ref _idle), Math.Max(0, Volatile.Read(ref _waiting)), Volatile.Read(ref _max));
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private bool IsWanted(Instrument instrument) => instrument.Meter.Name switch
    {
        Pool => instrument.Name is "db.client.connection.count" or "db.client.connection.max" or "db.client.connection.npgsql.pending_requests",
        Circuits => instrument.Meter.Scope == _meters && instrument.Name is "aspnetcore.components.circuit.active" or "aspnetcore.components.circuit.connected",
        Hosting => instrument.Meter.Scope == _meters && instrument.Name == "http.server.request.duration",
        _ => false,
    };

    private void Take(Instrument instrument, int value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.Meter.Name == Circuits)
            Interlocked.Add(ref instrument.Name == "aspnetcore.components.circuit.active" ? ref _open : ref _connected, value);
        else if (Tag(tags, "db.client.connection.pool.name") is string pool && pool == _pool)
            TakePool(instrument, value, Tag(tags, "db.client.connection.state") as string);
    }

    private void TakePool(Instrument instrument, int value, string? state)
    {
        ref var target = ref (instrument.Name == "db.client.connection.max" ? ref _max
            : ref (instrument.Name != "db.client.connection.count" ? ref _waiting
                : ref (state == "used" ? ref _inUse : ref _idle)));
        if (instrument.IsObservable)
            Volatile.Write(ref target, value);
        else
            Interlocked.Add(ref target, value);
    }

    private void TakeRequest(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The connection of a live page is as long as its visit: no request that anybody waits for.
        if (Tag(tags, "http.route") is string route && route.TrimStart('/').StartsWith("_blazor", StringComparison.Ordinal))
            return;
        var status = Tag(tags, "http.response.status_code") as int? ?? 0;
        if (status == StatusCodes.Status101SwitchingProtocols)
            return;
        Requests.Note(TimeSpan.FromSeconds(seconds), status >= 500);
        if (status is >= 400 and < 500)
            ClientErrors.Note(null, failed: true);
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
                return tag.Value;
        }

        return null;
    }
}
