using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>
/// The questions: from the model as they come, and looked at again after an answer; from the rules where there is no model or
/// it fails.
/// </summary>
public sealed partial class WizardPage
{
    // One click after another is one change; the model hears of the last.
    private static readonly TimeSpan BeforeAdapting = TimeSpan.FromMilliseconds(1200);

    // Every look costs what a question costs: changing one answer to and fro does not.
    private const int MostAdaptations = 8;

    private Work? _asking;
    private Work? _adapting;
    private int _adaptations;
    private string? _adaptNote;

    // Until the first question is there, there is nothing to show but the waiting.
    private bool HasQuestions => _state.Questions.Count > 0 && _state.AskedFor == _state.Goal.Trim();

    private async Task AnsweredAsync(AskedQuestion asked)
    {
        // Typing on at one answer is one change: it is compared with what was there before its first letter.
        if (_lastAnswered != asked.Question.Id)
            (_base, _lastAnswered) = (_preview, asked.Question.Id);
        if (_state.AskedBy is null)
            _state.AskByRules();
        (_preview, _before) = (_state.Preview().Template, _base);
        _news = CleanText.Cut(TemplateChange.Words(_before, _preview).ReplaceLineEndings(" "), 240);
        _said = _news.Length > 0 ? $"Now in the template: {_news}" : "";
        await ChangedAsync();
        _ = AdaptAsync(asked);
    }

    private async Task AskAsync()
    {
        _failure = null;
        (_adaptNote, _adaptations) = (null, 0);
        _asking?.Abandon();
        _adapting?.Abandon();
        if (wizardModel.ModelName is not { } model)
        {
            _asking = null;
            AskByRules();
            return;
        }

        var work = _asking = new Work(model);
        StateHasChanged();
        try
        {
            var answers = HasQuestions ? _state.Answers : [];
            var questions = await wizardModel.QuestionsAsync(_caller, _state.Reading, answers, [], some => ShowSomeAsync(work, some), work.Token(_gone.Token));
            if (!work.IsAbandoned)
                _state.Adapt(questions, model, _lastAnswered);
        }
        catch (ModelFailure failure) when (!work.IsAbandoned)
        {
            if (KeepSome())
                _failure = new Failure($"{failure.Message} What it has asked by then is here; you can go on with that.", AskAsync, $"Ask {model} again");
            else
                _failure = new Failure($"{failure.Message} These questions come from MetaPrompt's own rules instead.", AskAsync, $"Ask {model} again");
        }
        catch (Exception failure) when (failure is ModelFailure or OperationCanceledException)
        {
            // Stopped by the person, or nobody waits for it any more.
            if (!work.IsAbandoned && !_gone.IsCancellationRequested)
                KeepSome();
        }
        finally
        {
            if (_asking == work)
                _asking = null;
            work.Dispose();
        }

        if (work.IsAbandoned)
            return;
        if (_lastAnswered is null)
            Look();
        _dirty = true;
        StateHasChanged();
    }

    // The model tells from a thread of its own, while the page may have moved on.
    private Task ShowSomeAsync(Work work, IReadOnlyList<Question> some) => InvokeAsync(() =>
    {
        if (work.IsAbandoned || _asking != work)
            return;

        _state.Adapt(some, work.Model, _lastAnswered, inPart: true);
        if (_lastAnswered is null)
            Look();
        _dirty = true;
        StateHasChanged();
    });

    // Two questions are enough to go on with; with fewer the rules ask. True where the model's stay.
    private bool KeepSome()
    {
        if (_state.IsAskedInPart && HasQuestions && _state.Questions.Count >= 2)
        {
            _state.EndAsking();
            return true;
        }

        AskByRules();
        return false;
    }

    private void AskByRules()
    {
        _state.AskByRules();
        Look();
        _dirty = true;
    }

    private void StopAsking() => _asking?.Stop();

    // After an answer the model looks again at what is open. It works in the background: the person goes on, a newer answer
    // makes it begin anew, and whatever comes late or fails changes nothing.
    private async Task AdaptAsync(AskedQuestion asked)
    {
        _adapting?.Abandon();
        _adapting = null;
        var answers = _state.Answers;
        if (_asking is not null || _state.AskedBy is not { } model || model != wizardModel.ModelName
            || asked.Skipped || asked.Answer is null || answers.Count >= WizardState.MaxQuestions || _adaptations >= MostAdaptations)
            return;

        var work = _adapting = new Work(model);
        try
        {
            var stop = work.Token(_gone.Token);
            await Task.Delay(BeforeAdapting, stop);
            _adaptations++;
            _adaptNote = $"{model} looks whether your answer changes what to ask";
            StateHasChanged();
            var open = _state.Questions.Where(other => !other.IsSettled).Select(other => other.Question).ToList();
            var questions = await wizardModel.QuestionsAsync(_caller, _state.Reading, answers, open, null, stop);
            var at = await _drafts.QuestionAtAsync(stop) ?? asked.Question.Id;
            if (!work.IsAbandoned)
                Adapt(questions, model, at);
        }
        catch (ModelFailure failure) when (!work.IsAbandoned)
        {
            log.LogDebug(failure, "The questions stay as they are");
            _adaptNote = $"{failure.Message} The questions stay as they are.";
        }
        catch (Exception end) when (end is ModelFailure or OperationCanceledException || Shared.PageGone.Is(end))
        {
            log.LogTrace("Nobody waits for other questions any more");
        }
        finally
        {
            work.Dispose();
        }

        if (_adapting != work || _gone.IsCancellationRequested)
            return;
        _adapting = null;
        StateHasChanged();
    }

    private void Adapt(IReadOnlyList<Question> questions, string model, string at)
    {
        var before = _state.Questions.Select(other => other.Question.Id).ToHashSet(StringComparer.Ordinal);
        _state.Adapt(questions, model, at);
        var added = _state.Questions.Count(other => !before.Contains(other.Question.Id));
        var gone = before.Count + added - _state.Questions.Count;
        _adaptNote = (added, gone) switch
        {
            (0, 0) => null,
            (_, 0) => $"Your answer brought up {Numbers(added)} more.",
            (0, _) => $"Your answer settled {Numbers(gone)}.",
            _ => $"Your answer settled {Numbers(gone)} and brought up {Numbers(added)} more.",
        };
        _dirty = true;
    }

    private static string Numbers(int questions) => questions == 1 ? "one question" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{questions} questions");
}
