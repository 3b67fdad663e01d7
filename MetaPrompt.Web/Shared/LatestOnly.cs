namespace MetaPrompt.Web.Shared;

/// <summary>
/// Lets only the latest of several loads count: each new one cancels those before it, and a slow answer to an old question
/// finds that it is not wanted any more.
/// </summary>
public sealed class LatestOnly : IDisposable
{
    private CancellationTokenSource? _current;
    private bool _closed;

    /// <summary>Begins a load: the ones before are cancelled.</summary>
    /// <returns>The load's token; cancelled at once where the page is closed already.</returns>
    public CancellationToken Next()
    {
        _current?.Cancel();
        _current?.Dispose();
        _current = null;
        if (_closed)
            return new CancellationToken(canceled: true);
        _current = new CancellationTokenSource();
        return _current.Token;
    }

    /// <summary>Whether the load with this token is still the one that is waited for.</summary>
    public bool IsLatest(CancellationToken token) => _current is { IsCancellationRequested: false } && _current.Token == token;

    /// <summary>Cancels what is going; nothing begins after it.</summary>
    public void Dispose()
    {
        _closed = true;
        Next();
    }
}
