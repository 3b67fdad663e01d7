using System.Collections.Concurrent;
using System.Data.Common;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>A kept answer and what is asked of it.</summary>
public sealed record GradeRequest
{
    /// <summary>Whose result it is.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The row of <c>test_results</c>; it has to be there already.</summary>
    public required Guid ResultId { get; init; }

    /// <summary>The case's assertions and those for all.</summary>
    public required IReadOnlyList<Assertion> Assertions { get; init; }

    /// <summary>What the model was asked, for a judge.</summary>
    public required string Prompt { get; init; }

    /// <summary>What it answered; empty for a run that failed or came to nothing.</summary>
    public required string Answer { get; init; }

    /// <summary>What was measured.</summary>
    public AnswerFacts Facts { get; init; } = new();
}

/// <summary>What came of grading.</summary>
/// <param name="Passed">Whether every assertion was kept; null where there is none, or one could not be checked.</param>
/// <param name="Outcomes">One per assertion, in their order.</param>
/// <param name="JudgeCost">US dollars for models that judged; null where none did, or the price of one is unknown.</param>
/// <param name="JudgeTokens">Tokens in and out of models that judged; null where none did, or one did not count.</param>
/// <param name="IsKept">Whether the verdict is in the database.</param>
public sealed record Grade(bool? Passed, IReadOnlyList<AssertionOutcome> Outcomes, decimal? JudgeCost, int? JudgeTokens, bool IsKept);

/// <summary>
/// Holds a kept answer against its assertions and keeps the verdict. It never fails: a judge that cannot be reached, or a
/// database that is away, leaves the outcome open and the result as it is.
/// </summary>
public sealed class ResultGrader(
    ModelCatalog catalog, Budget budget, VerdictQueries verdicts, ModelLimits limits, TimeProvider time, ILogger<ResultGrader> log)
{
    private const string Form = "as the one JSON object {\"reason\": \"…\", \"pass\": true or false} and nothing else.";

    // What a model refused once it is not asked for again: a schema, or a temperature.
    private readonly ConcurrentDictionary<string, bool> _withoutSchema = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _withoutTemperature = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks and keeps. Without assertions there is nothing to keep. Cancelling ends a judge; its outcome is then open.</summary>
    public async Task<Grade> GradeAsync(GradeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Assertions.Count == 0)
            return new Grade(null, [], null, null, IsKept: false);

        var bill = new Bill();
        var outcomes = new List<AssertionOutcome>();
        foreach (var assertion in request.Assertions.Take(Assertion.MaxTogether))
        {
            outcomes.Add(assertion.Type == AssertionType.Judge && AssertionCheck.Problem(assertion) is null
                ? await JudgeAsync(assertion, request, bill, cancellationToken).ConfigureAwait(false)
                : AssertionCheck.Of(assertion, request.Answer, request.Facts));
        }

        var grade = new Grade(AssertionCheck.Verdict(outcomes), outcomes, bill.Cost, bill.Tokens, IsKept: true);
        return await KeepAsync(request, grade).ConfigureAwait(false) ? grade : grade with { IsKept = false };
    }

    private async Task<bool> KeepAsync(GradeRequest request, Grade grade)
    {
        try
        {
            // What was found out, and paid for, is kept even where nobody waits for it any more.
            await verdicts.SaveAsync(request.Caller, new NewVerdict
            {
                ResultId = request.ResultId,
                Passed = grade.Passed,
                Outcomes = AssertionJson.WriteOutcomes(grade.Outcomes),
                JudgeCost = grade.JudgeCost,
            }, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            log.LogWarning(failure, "A verdict could not be kept");
            return false;
        }
    }

    private async Task<AssertionOutcome> JudgeAsync(Assertion assertion, GradeRequest request, Bill bill, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Answer))
            return new AssertionOutcome(assertion, false, "There is no answer to judge.");

        // A judge says a sentence or two: what takes longer hangs.
        using var patience = new CancellationTokenSource(limits.FirstToken, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (await FindAsync(request.Caller, assertion.Model, either.Token).ConfigureAwait(false) is not { } model)
            {
                return Open(assertion, assertion.Model is { } gone
                    ? FailureWords.Missing(gone, await catalog.UnreadableAsync(request.Caller, either.Token).ConfigureAwait(false), "Choose another model to judge.")
                    : "No model is set up that could judge.");
            }

            var messages = JudgePrompts.Ask(assertion.Value, request.Prompt, request.Answer);
            for (var attempt = 1; ; attempt++)
            {
                var reply = await AskAsync(request.Caller, model, messages, bill, either.Token).ConfigureAwait(false);
                if (JudgePrompts.Read(reply, out var problem) is { } judgement)
                    return new AssertionOutcome(assertion, judgement.Pass, $"{model.Name} judged: {(judgement.Reason.Length > 0 ? judgement.Reason : judgement.Pass ? "the rubric is met." : "the rubric is not met.")}");
                if (attempt == 2)
                    return Open(assertion, $"{model.Name} sent no judgement that can be read, even when asked again.");
                messages.AddRange(WizardPrompts.Repair(reply, problem, Form));
            }
        }
        catch (ModelFailure failure)
        {
            return Open(assertion, failure.Message);
        }
        catch (DbException failure)
        {
            log.LogWarning(failure, "A judge's model or budget could not be read");
            return Open(assertion, "The database did not answer, so no model was asked.");
        }
        catch (OperationCanceledException)
        {
            return Open(assertion, cancellationToken.IsCancellationRequested
                ? "It was stopped before the model had judged."
                : $"The model had not judged within {FailureWords.Duration(limits.FirstToken)}.");
        }
    }

    // Judges may be models of the person's own; looked up right before the call, for a key may have been removed meanwhile.
    private async Task<ModelSettings?> FindAsync(Caller caller, string? name, CancellationToken cancellationToken) => name is not null
        ? await catalog.FindAsync(caller, name, cancellationToken).ConfigureAwait(false)
        : catalog.Default ?? ((await catalog.ForAsync(caller, cancellationToken).ConfigureAwait(false)) is [var first, ..] ? first : null);

    private async Task<string> AskAsync(
        Caller caller, ModelSettings model, List<ChatMessage> messages, Bill bill, CancellationToken cancellationToken)
    {
        // A judge is paid as everybody is.
        var reserved = await budget.ReserveAsync(
            caller, model, messages.Sum(message => TokenEstimate.Count(message.Text)), null, cancellationToken).ConfigureAwait(false);
        decimal? paid = null;
        try
        {
            while (true)
            {
                var options = Options(model, reserved);
                try
                {
                    var response = await catalog.Client(model).GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
                    paid = bill.Add(model, response.Usage);
                    return response.Text;
                }
                catch (ModelFailure failure) when (failure.Kind == FailureKind.TemperatureRefused && options.Temperature is not null)
                {
                    _withoutTemperature.TryAdd(Key(model), true);
                }
                catch (ModelFailure failure) when (failure.Kind == FailureKind.BadRequest && options.ResponseFormat is not null)
                {
                    // The prompt asks for the same form in words. A refusal for another reason comes again.
                    _withoutSchema.TryAdd(Key(model), true);
                }
            }
        }
        catch (ModelFailure failure) when (failure.Kind is FailureKind.RateLimited or FailureKind.Unreachable or FailureKind.RefusedKey
            or FailureKind.ModelNotFound or FailureKind.BadRequest or FailureKind.NoCredit)
        {
            // What was refused is not paid for; of what broke off nobody knows, and the most it could cost stays counted.
            paid = 0;
            throw;
        }
        finally
        {
            await budget.SettleAsync(reserved, paid).ConfigureAwait(false);
        }
    }

    private ChatOptions Options(ModelSettings model, Reservation? reserved) => new()
    {
        MaxOutputTokens = reserved?.MaxOutputTokens ?? model.MaxOutputTokens,
        // The same answer should get the same judgement, where the model lets one ask for that.
        Temperature = ModelAbilities.Of(model).Temperature.Accepts(0) && !_withoutTemperature.ContainsKey(Key(model)) ? 0 : null,
        ResponseFormat = _withoutSchema.ContainsKey(Key(model)) ? null : JudgePrompts.Format,
    };

    // Not the name: two people may call different models the same.
    private static string Key(ModelSettings model) => $"{model.Endpoint} {model.Model}";

    private static AssertionOutcome Open(Assertion assertion, string why) => new(assertion, null, $"This could not be judged. {why}");

    // What judging cost: unknown as soon as a part of it is.
    private sealed class Bill
    {
        private bool _any;
        private bool _unknownCost;
        private bool _unknownTokens;
        private decimal _cost;
        private int _tokens;

        public decimal? Cost => _any && !_unknownCost ? _cost : null;

        public int? Tokens => _any && !_unknownTokens ? _tokens : null;

        // Returns what this one call cost; null where unknown.
        public decimal? Add(ModelSettings model, UsageDetails? usage)
        {
            _any = true;
            var (input, output) = ((int?)usage?.InputTokenCount, (int?)usage?.OutputTokenCount);
            var cost = model.Cost(input, output);
            _unknownCost |= cost is null;
            _unknownTokens |= input is null || output is null;
            _cost += cost ?? 0;
            _tokens += (input ?? 0) + (output ?? 0);
            return cost;
        }
    }
}
