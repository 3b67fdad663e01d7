using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>
/// A provider's client that keeps to MetaPrompt's time-outs and fails in plain words: nothing but
/// <see cref="ModelFailure"/> comes out of it, and <see cref="OperationCanceledException"/> where the caller cancelled.
/// </summary>
internal sealed class ModelClient(IChatClient inner, ModelSettings model, ModelLimits limits, TimeProvider time)
    : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var whole = new CancellationTokenSource(limits.Whole, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, whole.Token);
        try
        {
            return await base.GetResponseAsync(messages, options, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception problem)
        {
            throw whole.IsCancellationRequested ? TooLong(problem) : FailureWords.ForException(model, problem);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var whole = new CancellationTokenSource(limits.Whole, time);
        using var silence = new CancellationTokenSource(limits.FirstToken, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, whole.Token, silence.Token);
        var started = false;

        await using var updates = base.GetStreamingResponseAsync(messages, options, any.Token).GetAsyncEnumerator(any.Token);
        while (true)
        {
            ChatResponseUpdate update;
            try
            {
                if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    yield break;

                update = updates.Current;
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (Exception problem)
            {
                throw whole.IsCancellationRequested ? TooLong(problem)
                    : silence.IsCancellationRequested ? Silent(started, problem)
                    : FailureWords.ForException(model, problem);
            }

            // A reader that takes its time is not the model's silence.
            started = true;
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
            yield return update;
            silence.CancelAfter(limits.Silence);
        }
    }

    private ModelFailure TooLong(Exception problem) => FailureWords.TimedOut(model,
        $"{model.Name} was still at it after {FailureWords.Duration(limits.Whole)}, so it was ended. Ask for a shorter answer, or choose another model.", problem);

    private ModelFailure Silent(bool started, Exception problem) => FailureWords.TimedOut(model, started
        ? $"{model.Name} fell silent for {FailureWords.Duration(limits.Silence)} in the middle of its answer, so it was ended. Try again, or choose another model."
        : $"{model.Name} did not begin to answer within {FailureWords.Duration(limits.FirstToken)}. Try again (a local model may still be loading), or choose another model.", problem);
}
