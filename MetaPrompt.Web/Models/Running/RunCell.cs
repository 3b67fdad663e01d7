using System.Text;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>
/// A cell of a run as it goes: read it whenever <see cref="LiveRun.Changed"/> is raised. Every member can be used from any
/// thread. Counts and times that are unknown are null, never 0 and never guessed.
/// </summary>
public sealed class RunCell : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LiveRun _run;
    private readonly ModelLimits _limits;
    private readonly TimeProvider _time;
    private string? _answer = "";
    private long? _begun;
    private long _revision;
    private TimeSpan? _elapsed;
    private (int Input, int Output)? _estimate;
    private CellState _state;
    private ModelFailure? _problem;
    private string? _note;
    private string? _notKept;
    private string? _finishReason;
    private string? _sent;
    private int? _inputTokens;
    private int? _outputTokens;
    private int? _totalTokens;
    private int? _firstTokenMs;
    private int _attempts;
    private bool _keeping;
    private bool _grading;
    private bool? _passed;
    private DateTimeOffset? _retryAt;
    private Guid? _resultId;
    private TestCell? _row;

    internal RunCell(LiveRun run, int position, PlannedCell plan, ModelLimits limits, TimeProvider time)
    {
        _run = run;
        Position = position;
        Plan = plan;
        _limits = limits;
        _time = time;
    }

    /// <summary>Its place in the run, from 0.</summary>
    public int Position { get; }

    /// <summary>What was asked for.</summary>
    public PlannedCell Plan { get; }

    /// <summary>Grows with every change: who has drawn this revision need not draw again.</summary>
    public long Revision => Read(() => _revision);

    /// <summary>Where the cell stands. <see cref="CellState.Interrupted"/> only in a run that was taken over from a program that is gone.</summary>
    public CellState State => Read(() => _state);

    /// <summary>The answer so far: text, whatever markup is in it.</summary>
    public string Answer => Read(() => _answer ??= _text.ToString());

    /// <summary>Tokens read, as the provider counted; null until it told.</summary>
    public int? InputTokens => Read(() => _inputTokens);

    /// <summary>Tokens written, as the provider counted; null until it told.</summary>
    public int? OutputTokens => Read(() => _outputTokens);

    /// <summary>Both together, as the provider counted; null until it told.</summary>
    public int? TotalTokens => Read(() => _totalTokens ?? (_inputTokens is { } input && _outputTokens is { } output ? input + output : null));

    /// <summary>What the cell cost in US dollars; null where a price or a count is unknown.</summary>
    public decimal? Cost => Read(() => _row is { } row ? row.Cost : Plan.Model.Cost(_inputTokens, _outputTokens));

    /// <summary>Milliseconds from sending the request until now, or until the answer ended; 0 while it has not been sent.</summary>
    public int ElapsedMs => Read(() => Milliseconds(_elapsed ?? (_begun is { } begun ? _time.GetElapsedTime(begun) : TimeSpan.Zero)));

    /// <summary>Milliseconds from sending the request to the first text; null where none came.</summary>
    public int? FirstTokenMs => Read(() => _firstTokenMs);

    /// <summary>Why the model ended, in its provider's word: stop, length, content_filter; null where it did not end or say.</summary>
    public string? FinishReason => Read(() => _finishReason);

    /// <summary>Why the cell failed, or was stopped by something else than the person, in plain words with a way on.</summary>
    public string? Failure => Read(() => _row is { } row ? row.Error : (_problem?.Message ?? _note) is { } failure
        ? _text.Length > 0 ? failure + " What had arrived is kept." : failure
        : null);

    /// <summary>What kind of failure it was; null where the cell did not fail.</summary>
    public FailureKind? FailureKind => Read(() => _problem?.Kind);

    /// <summary>How long until it is sent again, because the provider asked to come back later; null where it does not wait for that.</summary>
    public TimeSpan? RetryIn => Read<TimeSpan?>(() => _retryAt is { } at ? at - _time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero : null);

    /// <summary>How long the provider asked to wait when it refused for the last time; null where it did not say.</summary>
    public TimeSpan? RetryAfter => Read(() => _problem?.RetryAfter);

    /// <summary>How often it was sent.</summary>
    public int Attempts => Read(() => _attempts);

    /// <summary>Whether the answer is complete and being kept.</summary>
    public bool Keeping => Read(() => _keeping);

    /// <summary>Why the result could not be kept, in plain words; null where it was, or will be.</summary>
    public string? NotKept => Read(() => _notKept);

    /// <summary>The result's id once it is kept.</summary>
    public Guid? ResultId => Read(() => _resultId);

    /// <summary>The request as it went over the wire, a JSON object without key and headers; null where nothing was sent.</summary>
    public string? Sent => Read(() => _sent);

    /// <summary>What was asked for and not sent because the model does not take it, a sentence each.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    /// <summary>Whether the kept result is being checked against its assertions.</summary>
    public bool Grading => Read(() => _grading);

    /// <summary>Whether the answer kept all its assertions; null where none was checked (yet).</summary>
    public bool? Passed => Read(() => _passed);

    /// <summary>What the assertions said; empty where there are none (yet).</summary>
    public IReadOnlyList<AssertionOutcome> Outcomes { get; private set; } = [];

    /// <summary>
    /// Tokens of prompt and answer as MetaPrompt estimates them, for where the provider told none. Show it as an
    /// estimate; it is never kept as a measurement.
    /// </summary>
    public (int Input, int Output) EstimatedTokens()
    {
        if (Read(() => _estimate) is { } known)
            return known;

        var ended = State is not (CellState.Queued or CellState.Running);
        var estimate = (TokenEstimate.Count(Plan.ResolvedPrompt), TokenEstimate.Count(Answer));
        if (ended)
        {
            lock (_lock)
                _estimate = estimate;
        }

        return estimate;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    internal CancellationToken StopToken => _stop.Token;

    internal bool IsUnfinished => State is CellState.Queued or CellState.Running;

    internal bool HasText => Read(() => _text.Length > 0);

    internal bool WasSent => Read(() => _attempts > 0);

    /// <summary>Whether it was ended by the program that shuts down, and not by its person.</summary>
    internal bool IsSuspended { get; private set; }

    /// <summary>Which attempt of its row this is; set when the row was taken for sending.</summary>
    internal int? RowAttempt { get; set; }

    /// <summary>Ends the cell as soon as possible and keeps what has arrived. Without effect on one that has ended.</summary>
    internal void Stop()
    {
        // Handlers of the cancellation run outside of the lock: they may read the cell.
        if (IsUnfinished)
            _stop.Cancel();
    }

    /// <summary>Ends it as <see cref="Stop"/> does, because the program shuts down. What its person has stopped stays stopped.</summary>
    internal void Suspend()
    {
        IsSuspended = !_stop.IsCancellationRequested;
        Stop();
    }

    /// <summary>It is sent: time begins, again with every attempt.</summary>
    internal void Begin(IReadOnlyList<string> leftOut)
    {
        LeftOut = leftOut;
        Change(() =>
        {
            _state = CellState.Running;
            _begun = _time.GetTimestamp();
            _retryAt = null;
            _attempts++;
        });
    }

    /// <summary>The provider asked to come back later.</summary>
    internal void Wait(TimeSpan wait) => Change(() => _retryAt = _time.GetUtcNow() + wait);

    internal void NoteSent(string? sent)
    {
        lock (_lock)
            _sent = sent ?? _sent;
    }

    /// <summary>Adds what arrived; false where the answer has grown longer than is kept.</summary>
    internal bool Add(ChatResponseUpdate update)
    {
        var fits = true;
        Change(() =>
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
        });
        return fits;
    }

    /// <summary>The answer has ended, or will not come: time stops.</summary>
    internal void EndAnswer(ModelFailure? problem, string? note, bool keeping) => Change(() =>
    {
        _elapsed = _begun is { } begun ? _time.GetElapsedTime(begun) : TimeSpan.Zero;
        _problem = problem;
        _note = note;
        _retryAt = null;
        _keeping = keeping;
    });

    /// <summary>The result is kept, or could not be: the cell is over, but for its verdict.</summary>
    internal void End(CellState state, Guid? resultId, string? notKept) => Change(() =>
    {
        _state = state;
        _resultId = resultId;
        _notKept = notKept;
        _keeping = false;
    });

    /// <summary>Takes over how a cell stands in the database; a long answer is there as its beginning.</summary>
    internal void Restore(TestCell row, IReadOnlyList<AssertionOutcome> outcomes)
    {
        Outcomes = outcomes;
        Change(() =>
        {
            _row = row;
            _state = row.State;
            _text.Append(row.Answer);
            _answer = null;
            (_inputTokens, _outputTokens, _totalTokens) = (row.InputTokens, row.OutputTokens, row.TokensUsed);
            (_firstTokenMs, _elapsed) = (row.FirstTokenMs, TimeSpan.FromMilliseconds(row.ResponseTimeMs ?? 0));
            (_finishReason, _sent, _resultId, _passed) = (row.FinishReason, row.Sent, row.ResultId, row.Passed);
        });
    }

    internal void BeginGrading() => Change(() => _grading = true);

    internal void EndGrading(bool? passed, IReadOnlyList<AssertionOutcome> outcomes)
    {
        Outcomes = outcomes;
        Change(() => (_grading, _passed) = (false, passed));
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

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            _revision++;
        }

        _run.TellSoon();
    }

    private T Read<T>(Func<T> value)
    {
        lock (_lock)
            return value();
    }
}
