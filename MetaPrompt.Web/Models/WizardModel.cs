using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using MetaPrompt.Data;
using MetaPrompt.Web.Prompting;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>A template on its way: what there is of it, and at the end the whole.</summary>
/// <param name="Template">The template's text so far; it starts anew if the model has to write it again.</param>
/// <param name="Composed">The finished template with title, variables and assumptions; null until the last one.</param>
public sealed record ComposeProgress(string Template, ComposedPrompt? Composed);

/// <summary>What a person wants of the template they have.</summary>
/// <param name="Template">The template as it is.</param>
/// <param name="Section">The section to write anew; null for the whole template.</param>
/// <param name="Wish">How it is to change, in the person's words; null for another wording.</param>
public sealed record Revision(string Template, string? Section, string? Wish);

/// <summary>
/// The wizard's questions and template from the catalog's default model, under the same rules as those without one. Each call
/// counts in its person's budget and in how often they may ask. Everything throws <see cref="ModelFailure"/>: the page says so
/// and goes on with its own rules.
/// </summary>
public sealed class WizardModel(ModelCatalog catalog, ModelAllowance allowance, Budget budget, ModelLimits limits, TimeProvider time)
{
    private const string AsJson = "as the one JSON object that was asked for, with nothing before or after it.";
    private const string AsSections = "in exactly the form that was asked for, each part between its tags.";

    // Six questions are a few thousand characters; a model that never ends is not read for ever.
    private const int MaxQuestionsReply = 200_000;

    // Not every server can hold a model to a schema; one that refused is not asked again.
    private readonly ConcurrentDictionary<string, bool> _withoutSchema = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The model that is asked, by name; null where there is none.</summary>
    public string? ModelName => catalog.Default?.Name;

    /// <summary>
    /// What to ask next: at most six questions together with those already answered, the most important first, none of
    /// them again. Empty only where something was answered and nothing more is worth asking.
    /// </summary>
    /// <param name="caller">Who asks; in whose budget it counts.</param>
    /// <param name="goal">What the prompt is for.</param>
    /// <param name="answers">What has been answered or skipped.</param>
    /// <param name="open">What stands on the page unanswered: what is still worth asking comes back under its id.</param>
    /// <param name="soFar">Told the questions that are complete, each time there is another; null where nobody watches.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelFailure">The model could not be reached or, asked twice, sent no usable questions.</exception>
    public async Task<IReadOnlyList<Question>> QuestionsAsync(
        Caller caller, GoalReading goal, IReadOnlyList<QuestionAnswer> answers, IReadOnlyList<Question> open, Func<IReadOnlyList<Question>, Task>? soFar, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(open);
        if (answers.Count >= WizardPrompts.MaxQuestions)
            return [];

        var model = Model();
        allowance.Take(caller);
        using var patience = new CancellationTokenSource(limits.Questions, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var told = 0;
        try
        {
            var messages = WizardPrompts.Ask(goal, answers, open);
            var reply = await AskAsync(caller, model, messages, GrownAsync, either.Token).ConfigureAwait(false);
            if (WizardReplies.Questions(reply, answers, open, out var problem) is { } questions)
                return questions;

            messages.AddRange(WizardPrompts.Repair(reply, problem, AsJson));
            told = 0;
            reply = await AskAsync(caller, model, messages, GrownAsync, either.Token).ConfigureAwait(false);
            return WizardReplies.Questions(reply, answers, open, out _) ?? throw Nonsense(model, "questions");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw FailureWords.TimedOut(model, $"{model.Name} had not all questions ready within {FailureWords.Duration(limits.Questions)}.");
        }

        async Task GrownAsync(string reply)
        {
            if (soFar is null || WizardReplies.QuestionsSoFar(reply, answers, open) is not { } questions || questions.Count <= told)
                return;

            told = questions.Count;
            await soFar(questions).ConfigureAwait(false);
        }
    }

    /// <summary>The finished template; see <see cref="ComposeStreamAsync"/> for one that can be watched.</summary>
    /// <exception cref="ModelFailure">The model could not be reached or, asked twice, sent no usable template.</exception>
    public async Task<ComposedPrompt> ComposeAsync(
        Caller caller, GoalReading goal, IReadOnlyList<QuestionAnswer> answers, CancellationToken cancellationToken)
    {
        ComposedPrompt? composed = null;
        await foreach (var progress in ComposeStreamAsync(caller, goal, answers, cancellationToken).ConfigureAwait(false))
            composed = progress.Composed;
        return composed ?? throw Nonsense(Model(), "template");
    }

    /// <summary>
    /// The template as it is written. Every item but the last shows the text so far, as it comes: throttle what is
    /// drawn. The last one holds the finished template, checked and with its placeholders mended.
    /// </summary>
    /// <exception cref="ModelFailure">The model could not be reached or, asked twice, sent no usable template.</exception>
    public IAsyncEnumerable<ComposeProgress> ComposeStreamAsync(
        Caller caller, GoalReading goal, IReadOnlyList<QuestionAnswer> answers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(answers);
        return WriteAsync(caller, WizardPrompts.Compose(goal, answers), reply => (WizardReplies.Template(reply, goal, answers, out var problem), problem), cancellationToken);
    }

    /// <summary>
    /// Another wording of a template, or of one section of it, as it is written; a section comes alone. Nothing is changed by
    /// it: what comes is a proposal.
    /// </summary>
    /// <exception cref="ModelFailure">The model could not be reached or, asked twice, sent no usable template.</exception>
    public IAsyncEnumerable<ComposeProgress> ReviseStreamAsync(
        Caller caller, GoalReading goal, IReadOnlyList<QuestionAnswer> answers, Revision revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(revision);
        return WriteAsync(caller, WizardPrompts.Revise(goal, answers, revision), reply => (WizardReplies.Revised(reply, goal, answers, revision, out var problem), problem), cancellationToken);
    }

    private async IAsyncEnumerable<ComposeProgress> WriteAsync(
        Caller caller, List<ChatMessage> messages, Func<string, (ComposedPrompt? Composed, string Problem)> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = Model();
        allowance.Take(caller);
        for (var attempt = 1; ; attempt++)
        {
            var reply = new StringBuilder();
            var shown = "";
            ChatFinishReason? end = null;
            await foreach (var update in CallAsync(caller, model, messages, Options(model), cancellationToken).ConfigureAwait(false))
            {
                end = update.FinishReason ?? end;
                if (update.Text.Length == 0)
                    continue;

                reply.Append(update.Text);
                if (reply.Length > limits.AnswerCharacters)
                    throw Nonsense(model, "template");

                var soFar = WizardReplies.TemplateSoFar(reply.ToString());
                if (soFar != shown)
                    yield return new ComposeProgress(shown = soFar, null);
            }

            var (composed, problem) = read(reply.ToString());
            if (composed is not null)
            {
                yield return new ComposeProgress(composed.Template, composed);
                yield break;
            }

            if (end == ChatFinishReason.Length)
                throw new ModelFailure(FailureKind.AnswerTooLong, $"{model.Name} reached its limit of tokens before the template was complete. Raise the model's MaxOutputTokens in the settings, or choose another model.");
            if (reply.Length == 0)
                throw FailureWords.Empty(model, end?.Value);
            if (attempt == 2)
                throw Nonsense(model, "template", WizardReplies.Quote(reply.ToString()));
            messages.AddRange(WizardPrompts.Repair(reply.ToString(), problem, AsSections));
        }
    }

    private async Task<string> AskAsync(Caller caller, ModelSettings model, List<ChatMessage> messages, Func<string, Task> grown, CancellationToken cancellationToken)
    {
        var options = Options(model);
        if (!_withoutSchema.ContainsKey(model.Name))
        {
            options.ResponseFormat = WizardPrompts.QuestionsFormat;
            try
            {
                return await ReadAsync(caller, model, messages, options, grown, cancellationToken).ConfigureAwait(false);
            }
            catch (ModelFailure failure) when (failure.Kind == FailureKind.BadRequest)
            {
                // The prompt asks for the same form in words. A refusal for another reason comes again below.
                options.ResponseFormat = null;
            }
        }

        var text = await ReadAsync(caller, model, messages, options, grown, cancellationToken).ConfigureAwait(false);
        _withoutSchema.TryAdd(model.Name, true);
        return text;
    }

    // A question is complete with its last brace: only then is there something new to read.
    private async Task<string> ReadAsync(Caller caller, ModelSettings model, List<ChatMessage> messages, ChatOptions options, Func<string, Task> grown, CancellationToken cancellationToken)
    {
        var reply = new StringBuilder();
        ChatFinishReason? end = null;
        await foreach (var update in CallAsync(caller, model, messages, options, cancellationToken).ConfigureAwait(false))
        {
            end = update.FinishReason ?? end;
            reply.Append(update.Text);
            if (reply.Length > MaxQuestionsReply)
                throw Nonsense(model, "questions");
            if (update.Text.Contains('}', StringComparison.Ordinal))
                await grown(reply.ToString()).ConfigureAwait(false);
        }

        var text = reply.ToString();
        return string.IsNullOrWhiteSpace(text) ? throw FailureWords.Empty(model, end?.Value) : text;
    }

    // The most it can cost is set aside before it is sent, as for the cells of a run. Of what is broken off nobody knows what it
    // cost: that stays counted. Visitors have no budget but their common allowance.
    private async IAsyncEnumerable<ChatResponseUpdate> CallAsync(
        Caller caller, ModelSettings model, List<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reserved = caller.UserId is null ? null : await ReserveAsync(caller, model, messages, options, cancellationToken).ConfigureAwait(false);
        if (reserved is not null)
            options.MaxOutputTokens = reserved.MaxOutputTokens;
        decimal? cost = null;
        try
        {
            await using var updates = catalog.Client(model).GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                        break;
                }
                catch (ModelFailure failure) when (Budget.CostsNothing(failure.Kind))
                {
                    cost = 0;
                    throw;
                }

                foreach (var usage in updates.Current.Contents.OfType<UsageContent>())
                    cost = model.Cost((int?)usage.Details.InputTokenCount, (int?)usage.Details.OutputTokenCount) ?? cost;
                yield return updates.Current;
            }
        }
        finally
        {
            await budget.SettleAsync(reserved, cost).ConfigureAwait(false);
        }
    }

    private async Task<Reservation?> ReserveAsync(Caller caller, ModelSettings model, List<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await budget.ReserveAsync(caller, model, messages.Sum(message => TokenEstimate.Count(message.Text)), options.MaxOutputTokens, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            throw new ModelFailure(FailureKind.NotStarted, $"The database did not answer, so {model.Name} was not asked.", inner: away);
        }
    }

    // No temperature: some models take none, and each provider's default suits this work.
    private static ChatOptions Options(ModelSettings model) => new() { MaxOutputTokens = model.MaxOutputTokens };

    private ModelSettings Model() => catalog.Default
        ?? throw new ModelFailure(FailureKind.NoModel, "No model is set up. Configure one under Models in the settings, or start Ollama on this machine.");

    private static ModelFailure Nonsense(ModelSettings model, string what, string said = "") => new(FailureKind.Nonsense,
        $"{model.Name} sent no {what} that can be used, even when asked again.{(said.Length > 0 ? $" It said: “{said}”" : "")}");
}
