namespace MetaPrompt.Tests.Bench;

/// <summary>Lets people act, and stops them all for a moment while the server's memory is looked at: a full collection is no part of what they wait for.</summary>
internal sealed class SoakGate
{
    private static readonly TimeSpan UntilUnderWayIsDone = TimeSpan.FromSeconds(2);

    private volatile TaskCompletionSource _open = Opened();

    /// <summary>Whether people may act.</summary>
    public bool IsOpen => _open.Task.IsCompleted;

    /// <summary>Ends when people may act.</summary>
    public Task PassAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    /// <summary>Does something while nobody begins anything, once what was under way has ended.</summary>
    public async Task<T> HoldAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await Task.Delay(UntilUnderWayIsDone, cancellationToken);
            return await act();
        }
        finally
        {
            _open.SetResult();
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
