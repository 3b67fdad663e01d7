using System.Text;
using MetaPrompt.Web.Prompting;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>
/// A run as it goes: read it whenever <see cref="Changed"/> is raised. Every member can be used from any thread. Counts
/// and times that are unknown are null, never 0 and never guessed.
/// </summary>
public sealed class PromptRun : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _later;
    private string? _answer = "";
    private long? _begun;
    private long? _lastTold;
    private bool _tellLater;
    private TimeSpan? _elapsed;
    private (int Input, int Output)? _estimate;
    private RunState _state;
    private ModelFailure? _problem;
    private string? _note;
    private string? _notKept;
    private string? _finishReason;
    private int? _inputTokens;
    private int? _outputTokens;
    private int? _totalTokens;
    private int? _firstTokenMs;

    internal PromptRun(RunRequest request, ModelLimits limits, TimeProvider time, ILogger log)
    {
        Request = request;
        _limits = limits;
        _time = time;
        _log = log;
        _later = time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Raised on any thread when something changed: at once, then at most every tenth of a second, and always after the
    /// last change. Read the run's members in the handler; it must not throw or wait.
    /// </summary>
    public event Action? Changed;

    /// <summary>What the run is found by.</summary>
    public Guid Id => Request.RunId;

    /// <summary>What was asked for.</summary>
    public RunRequest Request { get; }

    /// <summary>Where the run stands.</summary>
    public RunState State => Read(() => _state);

    /// <summary>True while other runs of the same model are served first; nothing has been sent then.</summary>
    public bool Waiting => Read(() => _state == RunState.Running && _begun is null);

    /// <summary>The answer so far: text, whatever markup is in it.</summary>
    public string Answer => Read(() => _answer ??= _text.ToString());

    /// <summary>Tokens read, as the provider counted; null until it told.</summary>
    public int? InputTokens => Read(() => _inputTokens);

    /// <summary>Tokens written, as the provider counted; null until it told.</summary>
    public int? OutputTokens => Read(() => _outputTokens);

    /// <summary>Both together, as the provider counted; null until it told.</summary>
    public int? TotalTokens => Read(() => _totalTokens ?? (_inputTokens is { } input && _outputTokens is { } output ? input + output : null));

    /// <summary>What the run cost in US dollars; null where a price or a count is unknown.</summary>
    public decimal? Cost => Request.Model.Cost(InputTokens, OutputTokens);

    /// <summary>Milliseconds from sending the request until now, or until the answer ended; 0 while waiting.</summary>
    public int ElapsedMs => Read(() => Milliseconds(_elapsed ?? (_begun is { } begun ? _time.GetElapsedTime(begun) : TimeSpan.Zero)));

    /// <summary>Milliseconds from sending the request to the first text; null where none came.</summary>
    public int? FirstTokenMs => Read(() => _firstTokenMs);

    /// <summary>Why the model ended, in its provider's word: stop, length, content_filter; null where it did not end or say.</summary>
    public string? FinishReason => Read(() => _finishReason);

    /// <summary>Why the run failed, or was stopped by something else than the person, in plain words with a way on.</summary>
    public string? Failure => Read(() => (_problem?.Message ?? _note) is { } failure
        ? _text.Length > 0 ? failure + " What had arrived is kept." : failure
        : null);

    /// <summary>What kind of failure it was; null where the run did not fail.</summary>
    public FailureKind? FailureKind => Read(() => _problem?.Kind);

    /// <summary>How long the provider asks to wait before trying again; null where it did not say.</summary>
    public TimeSpan? RetryAfter => Read(() => _problem?.RetryAfter);

    /// <summary>Why the result could not be kept, in plain words; null where it was, or will be.</summary>
    public string? NotKept => Read(() => _notKept);

    /// <summary>Ends when the run has ended and its result is kept. Never fails.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Tokens of prompt and answer as MetaPrompt estimates them, for where the provider told none. Show it as an
    /// estimate; it is never kept as a measurement.
    /// </summary>
    public (int Input, int Output) EstimatedTokens()
    {
        if (Read(() => _estimate) is { } known)
            return known;

        var ended = State != RunState.Running;
        var estimate = (TokenEstimate.Count(Request.ResolvedPrompt), TokenEstimate.Count(Answer));
        if (ended)
        {
            lock (_lock)
                _estimate = estimate;
        }

        return estimate;
    }

    /// <summary>Ends the run as soon as possible and keeps what has arrived. Without effect on a run that has ended.</summary>
    public void Stop()
    {
        // Handlers of the cancellation run outside of the lock: they may read the run.
        if (State == RunState.Running)
            _stop.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _later.Dispose();
        _stop.Dispose();
    }

    internal CancellationToken StopToken => _stop.Token;

    internal bool WasSent => Read(() => _begun is not null);

    internal DateTimeOffset? EndedAt { get; private set; }

    internal bool IsOf(Guid? userId) => userId is not null && Request.Caller.UserId == userId;

    internal void Begin()
    {
        lock (_lock)
            _begun = _time.GetTimestamp();
        TellSoon();
    }

    /// <summary>Adds what arrived; false where the answer has grown longer than is kept.</summary>
    internal bool Add(ChatResponseUpdate update)
    {
        bool fits;
        lock (_lock)
        {
            foreach (var content in update.Contents)
            {
                if (content is TextContent { Text.Length: > 0 } text)
                    AddText(text.Text);
                else if (content is UsageContent usage)
                    AddUsage(usage.Details);
            }

            _finishReason = update.FinishReason?.Value ?? _finishReason;
            fits = _text.Length < _limits.AnswerCharacters;
        }

        TellSoon();
        return fits;
    }

    /// <summary>The answer has ended, or will not come: time stops.</summary>
    internal void EndAnswer(ModelFailure? problem, string? note)
    {
        lock (_lock)
        {
            _elapsed = _begun is { } begun ? _time.GetElapsedTime(begun) : TimeSpan.Zero;
            _problem = problem;
            _note = note;
        }
    }

    /// <summary>The result is kept, or could not be: the run is over.</summary>
    internal void End(RunState state, string? notKept)
    {
        lock (_lock)
        {
            _state = state;
            _notKept = notKept;
            EndedAt = _time.GetUtcNow();
        }

        Tell();
        _completion.TrySetResult();
    }

    private void AddText(string text)
    {
        // Neither PostgreSQL nor any page can hold this sign, and no model means it.
        if (text.Contains('\0', StringComparison.Ordinal))
            text = text.Replace("\0", "", StringComparison.Ordinal);

        _firstTokenMs ??= _begun is { } begun ? Milliseconds(_time.GetElapsedTime(begun)) : null;
        var room = _limits.AnswerCharacters - _text.Length;
        _text.Append(text, 0, Math.Min(text.Length, room));
        _answer = null;
    }

    // A provider may tell its counts more than once; the last word is the whole.
    private void AddUsage(UsageDetails usage)
    {
        _inputTokens = Count(usage.InputTokenCount) ?? _inputTokens;
        _outputTokens = Count(usage.OutputTokenCount) ?? _outputTokens;
        _totalTokens = Count(usage.TotalTokenCount) ?? _totalTokens;
    }

    private static int? Count(long? tokens) => tokens is >= 0 and <= int.MaxValue ? (int)tokens : null;

    private static int Milliseconds(TimeSpan time) => (int)Math.Min(Math.Round(time.TotalMilliseconds), int.MaxValue);

    private void TellSoon()
    {
        lock (_lock)
        {
            if (_tellLater)
                return;

            if (_lastTold is { } last && _time.GetElapsedTime(last) is var since && since < _limits.ChangeInterval)
            {
                _tellLater = true;
                _later.Change(_limits.ChangeInterval - since, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Tell();
    }

    private void Tell()
    {
        lock (_lock)
        {
            _tellLater = false;
            _lastTold = _time.GetTimestamp();
        }

        foreach (var handler in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action)handler)();
            }
            catch (Exception problem)
            {
                // A page that is closing must not end a run that others may still look at.
                _log.LogError(problem, "A page could not be told of a run's change");
            }
        }
    }

    private T Read<T>(Func<T> value)
    {
        lock (_lock)
            return value();
    }
}
