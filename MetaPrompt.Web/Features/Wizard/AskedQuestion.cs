using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>A question and what the person did with it. Nothing is thrown away: skipping keeps the words, words keep the skip's assumption.</summary>
public sealed class AskedQuestion(Question question, string? by = null)
{
    /// <summary>As it was asked.</summary>
    public Question Question { get; } = question;

    /// <summary>The model that asked it; null for the rules.</summary>
    public string? By { get; } = by;

    /// <summary>The suggestion that was chosen; null where none is.</summary>
    public string? Picked { get; private set; }

    /// <summary>The person's own words; they count while no suggestion is chosen.</summary>
    public string Own { get; private set; } = "";

    /// <summary>Whether it was skipped.</summary>
    public bool Skipped { get; private set; }

    /// <summary>What the template assumes where the question is skipped; the person may change it.</summary>
    public string Assumption { get; private set; } = question.AssumptionIfSkipped ?? "";

    /// <summary>What counts as the answer; null while there is none.</summary>
    public string? Answer => Skipped ? null : Picked ?? (string.IsNullOrWhiteSpace(Own) ? null : Own.Trim());

    /// <summary>Whether it is answered or skipped.</summary>
    public bool IsSettled => Skipped || Answer is not null;

    /// <summary>Whether the person has done anything with it: such a one is never taken away.</summary>
    public bool IsTouched => Skipped || Picked is not null || Own.Length > 0 || Assumption != (Question.AssumptionIfSkipped ?? "");

    /// <summary>Chooses a suggestion; choosing it again takes it back.</summary>
    public void Toggle(string suggestion)
    {
        Picked = Picked == suggestion && !Skipped ? null : suggestion;
        Skipped = false;
    }

    /// <summary>Takes the person's own words; they replace a chosen suggestion.</summary>
    public void Write(string? text)
    {
        text = CleanText.Of(text);
        if (text == Own)
            return;

        Own = text;
        if (!string.IsNullOrWhiteSpace(text))
            (Picked, Skipped) = (null, false);
    }

    /// <summary>Skips the question; skipping again takes it back.</summary>
    public void ToggleSkip() => Skipped = !Skipped;

    /// <summary>Changes what is assumed; empty for nothing.</summary>
    public void Assume(string? text) => Assumption = CleanText.Of(text).Trim();

    /// <summary>For the composer; null while it is open.</summary>
    public QuestionAnswer? ToAnswer() => !IsSettled ? null : new QuestionAnswer
    {
        QuestionId = Question.Id,
        QuestionText = Question.Text,
        Answer = Answer,
        Assumption = Skipped ? Assumption : null,
        Slot = Question.Slot,
    };

    internal void Restore(string? picked, string? own, bool skipped, string? assumption)
    {
        Picked = string.IsNullOrWhiteSpace(picked) ? null : CleanText.Of(picked);
        Own = CleanText.Of(own);
        Skipped = skipped;
        if (assumption is not null)
            Assumption = CleanText.Of(assumption);
    }
}
