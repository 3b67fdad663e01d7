using System.Diagnostics.CodeAnalysis;

namespace MetaPrompt.Web.Models;

/// <summary>What went wrong between MetaPrompt and a model; pages choose the way on by it.</summary>
public enum FailureKind
{
    /// <summary>The provider does not accept the key, or the key may not use this model.</summary>
    RefusedKey,

    /// <summary>The account behind the key has no money or quota left.</summary>
    NoCredit,

    /// <summary>Too many requests; see <see cref="ModelFailure.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>Nothing came in time: no first word, a silence in the middle, or no end.</summary>
    TimedOut,

    /// <summary>The answer broke off; what had arrived is kept.</summary>
    BrokenStream,

    /// <summary>The provider has no such model, or no such API at this address.</summary>
    ModelNotFound,

    /// <summary>Prompt and answer together are longer than the model takes.</summary>
    ContextTooLong,

    /// <summary>The model does not take this temperature.</summary>
    TemperatureRefused,

    /// <summary>The provider refused the request for another reason, which the message gives.</summary>
    BadRequest,

    /// <summary>The provider's own failure, or it is overloaded.</summary>
    ServerError,

    /// <summary>Something came, but not what was asked for: a web page, broken JSON, the wrong shape.</summary>
    Nonsense,

    /// <summary>The answer was empty.</summary>
    EmptyAnswer,

    /// <summary>The answer was longer than MetaPrompt keeps; the beginning is kept.</summary>
    AnswerTooLong,

    /// <summary>Nothing listens at the address, or it cannot be reached from here.</summary>
    Unreachable,

    /// <summary>This person has too many runs going, or MetaPrompt is shutting down; nothing was sent.</summary>
    NotStarted,

    /// <summary>No model is configured and none was found on this machine.</summary>
    NoModel,

    /// <summary>A limit for the day would be exceeded; nothing was sent.</summary>
    OverBudget,

    /// <summary>A limit for the day applies and what the model costs is unknown; nothing was sent.</summary>
    NoPrice,

    /// <summary>A person's own endpoint leads where it may not; nothing was sent.</summary>
    EndpointRefused,
}

/// <summary>
/// A model could not do what was asked. <see cref="Exception.Message"/> is for the person at the page: what happened and
/// what to do, in plain words and without any secret.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "What fails is the model, not MetaPrompt: pages catch it, tell it and go on.")]
public sealed class ModelFailure : Exception
{
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">What happened and what to do, as sentences for the person.</param>
    /// <param name="inner">What the system said, for the log.</param>
    public ModelFailure(FailureKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public FailureKind Kind { get; }

    /// <summary>How long the provider asks to wait; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
